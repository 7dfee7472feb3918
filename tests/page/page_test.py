"""The page of a node in a real browser, on a network of four that runs a scenario: what is done is
counted, an invoice is checked, nothing else is told of it, and two nodes are killed.

Usage: page_test.py CITYLEDGER SCENARIO [--screenshots FOLDER]
Ends with 77 (skipped) where no Chromium is installed."""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import browser

INVOICE = "144031809110/00000001"  # the first of the scenario
SKIPPED = 77


def text_of(identifier):
    return f"document.getElementById('{identifier}').innerText"


def submit(page, form, **fields):
    for name, value in fields.items():
        page.value(f"document.getElementById('{form}').elements['{name}'].value = {json.dumps(value)}")
    page.value(f"document.getElementById('{form}').requestSubmit()")


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def follow_the_blocks(page, replay):
    """What anybody may know: how many operations of each kind, and what became of them."""
    for operation in ("invoice.issue", "invoice.transfer", "invoice.lock", "invoice.book"):
        page.wait(f"{text_of('blocks')}.includes('{operation}')", operation)
    expect(replay.wait(timeout=60) == 0, "the scenario failed: " + replay.stdout.read())
    page.value("document.getElementById('filter').value = 'invoice.issue';"
               "document.getElementById('filter').dispatchEvent(new Event('input'))")
    page.value("document.querySelector('#blocks .links button').click()")
    page.wait(f"{text_of('transaction-answer')}.includes('执行')", "what became of a transaction")
    expect("仅供发送方" in page.value(text_of("transaction-answer")), "that the rest is withheld")
    expect(INVOICE not in page.value("document.body.innerText"), "the number of an invoice is shown")


def ask_as_the_bureau(command):
    """The first invoice as its record tells it: code, number, check code and seller."""
    code, number = INVOICE.split("/")
    record = json.loads(command("query", "invoice", "invoice", "--as", "SZTAX", "--code", code,
                                "--number", number, "--json"))
    return code, number, record["check_code"], record["seller"]


def check_the_invoice(page, code, number, check_code, seller):
    submit(page, "verify", code=code, number=number, seller=seller, check_code=check_code)
    page.wait(f"{text_of('verify-answer')}.includes('四项一致')", "that the invoice matches")
    wrong = "00000" if check_code != "00000" else "11111"
    submit(page, "verify", check_code=wrong)
    page.wait(f"{text_of('verify-answer')}.includes('没有四项均一致')", "that a wrong code does not match")


def ask_what_is_not_there(page):
    submit(page, "transaction", id="0" * 64)
    page.wait(f"{text_of('transaction-answer')}.includes('receipt_not_found')", "a refusal's name")
    expect("补救" in page.value(text_of("transaction-answer")), "what to do about a refusal")
    submit(page, "directory", id="NOBODY")
    page.wait(f"{text_of('directory-answer')}.length > 0", "an answer about a directory entry")


def try_markup(page):
    """Names that hold markup are shown as they are written, wherever chain text goes."""
    markup = '<img src=x onerror="window.caught=1"><script>window.caught=1</script>'
    page.value("""(() => {
        const markup = %s;
        add_block({block: {height: 999999, receipts: [{transaction: 'f'.repeat(64)}]}, others: 0,
            operations: [{contract: markup, operation: markup, code_name: markup, count: 1}],
            transactions: [{
            transaction: 'f'.repeat(64), sender: markup, code_name: 'ok', operations: [{
                contract: markup, operation: markup, code_name: 'ok', detail: '',
                events: [{name: markup, subject: markup}]}, {
                contract: 'a', operation: 'b', code_name: markup, detail: markup, events: []}]}]});
        answer('directory', () => [draw_value({[markup]: [markup]}), refusal(markup, markup)]);
    })()""" % json.dumps(markup))
    page.value("document.getElementById('filter').value = '';"
               "document.getElementById('filter').dispatchEvent(new Event('input'))")
    for place in ("blocks", "directory-answer"):
        expect(markup in page.value(text_of(place)), f"markup as text in {place}")
    expect(page.value("document.querySelectorAll('main img, main script').length") == 0, "no elements")
    expect(page.value("window.caught === undefined"), "nothing ran")
    page.value("blocks.shift(); draw_blocks()")
    page.value("document.getElementById('directory-answer').replaceChildren(); delete redraws.directory")


def use_the_keyboard(page):
    """From the top of the page the Tab key reaches the switch of languages, and Enter turns it."""
    page.value("document.activeElement.blur(); window.scrollTo(0, 0); document.querySelector('.skip').focus()")
    for _ in range(2):
        page.press("Tab", 9)
    expect(page.value("document.activeElement.dataset.language") == "en", "Tab reaches the switch")
    page.value("document.activeElement.click()")
    page.wait("document.documentElement.lang === 'en'", "English")


def run(program, scenario, folder, screenshots):
    network = Path(folder) / "network"

    def command(*words):
        done = subprocess.run([program, *words], capture_output=True, text=True, timeout=60)
        expect(done.returncode == 0, f"{words}: {done.stdout}{done.stderr}")
        return done.stdout

    command("up", "--dir", str(network), "--scenario", scenario)
    page = browser.Browser(browser.find_browser(), str(Path(folder) / "profile"))
    try:
        nodes = json.loads((network / "network.json").read_text())["nodes"]
        http = f"http://127.0.0.1:{nodes[0]['http_port']}"
        page.prefer("zh-CN,zh;q=0.9,en;q=0.5")
        page.open(http + "/")
        page.wait("document.getElementById('live')?.dataset.live === 'yes'", "live blocks")
        expect(page.value("document.documentElement.lang") == "zh", "the browser's language")
        page.wait(f"{text_of('waits')}.includes('4 个可以投票')", "that all four vote")
        page.wait("document.querySelectorAll('#contracts details').length >= 6", "the contracts")

        replay = subprocess.Popen([program, "replay", "--world", "remote", "--network", str(network),
                                   scenario], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  text=True)
        follow_the_blocks(page, replay)
        check_the_invoice(page, *ask_as_the_bureau(
            lambda *words: command(*words, "--network", str(network))))
        ask_what_is_not_there(page)
        try_markup(page)
        if screenshots:
            page.value("window.scrollTo(0, 0)")
            page.screenshot(f"{screenshots}/page-zh.png")

        command("kill", "--dir", str(network), nodes[3]["name"])
        page.wait(f"{text_of('nodes')}.includes('无应答')", "who is silent")
        expect("有 3 个可以投票" in page.wait(text_of("waits"), "what is waited for"), "three votes")
        command("kill", "--dir", str(network), nodes[2]["name"])
        page.wait(f"{text_of('waits')}.includes('等待投票')", "that the network waits for votes")
        page.wait(f"{text_of('condition')}.includes('session_lost')", "why connections have ended")
        for words in ("没有验证节点自相矛盾", "证书还有", "磁盘剩余", "内存"):
            expect(words in page.value(text_of("condition")), words)
        use_the_keyboard(page)
        expect("No validator has contradicted itself." in page.value(text_of("condition")),
               "the condition in English")
        waits = page.wait(text_of("waits"), "what is waited for, in English")
        for words in ("2 of 4 validators may vote, 3 are needed", nodes[2]["name"], nodes[3]["name"],
                      "silent"):
            expect(words in waits, f"'{words}' in: {waits}")
        expect("silent" in page.value(text_of("nodes")), "silence in English")
        if screenshots:
            page.value("window.scrollTo(0, 0)")
            page.screenshot(f"{screenshots}/page-en.png")
        expect(not page.complaints, f"the browser complains: {page.complaints}")
    finally:
        page.close()
        subprocess.run([program, "down", "--dir", str(network)], capture_output=True, timeout=60)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("scenario")
    parser.add_argument("--screenshots")
    arguments = parser.parse_args()
    if browser.find_browser() is None:
        print("skipped: no Chromium is installed (scripts/setup packages-browser.txt)")
        return SKIPPED
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        run(arguments.program, arguments.scenario, folder, arguments.screenshots)
    print("the page is good")
    return 0


if __name__ == "__main__":
    sys.exit(main())
