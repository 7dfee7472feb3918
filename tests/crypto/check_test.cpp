#include "crypto/check.hpp"

#include <sys/wait.h>
#include <unistd.h>
#include <catch2/catch.hpp>
#include <csignal>
#include <string>

namespace {

struct ChildEnd {
    int signal = 0;
    std::string output;
};

// The broken invariant ends its process, so it breaks in a child. The child takes Catch's signal
// handlers off, or Catch would report the abort as its own failure.
ChildEnd break_invariant_in_child() {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        std::signal(SIGABRT, SIG_DFL);
        dup2(ends[1], STDERR_FILENO);
        const int apples = 2;
        CHECK_INVARIANT(apples == 3);
        _exit(0);
    }
    close(ends[1]);
    ChildEnd result;
    char buffer[256];
    for (ssize_t got; (got = read(ends[0], buffer, sizeof buffer)) > 0;) {
        result.output.append(buffer, static_cast<std::size_t>(got));
    }
    close(ends[0]);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
    return result;
}

}  // namespace

TEST_CASE("a broken invariant names itself and its place, and stops the process") {
    const ChildEnd end = break_invariant_in_child();
    CHECK(end.signal == SIGABRT);
    CHECK(end.output.find("apples == 3") != std::string::npos);
    CHECK(end.output.find("check_test.cpp:") != std::string::npos);
}

TEST_CASE("an invariant that holds does nothing, and is evaluated once") {
    int evaluations = 0;
    CHECK_INVARIANT(++evaluations == 1);
    CHECK(evaluations == 1);
}
