// Loads a CometBFT network over its JSON-RPC and counts in its blocks what became of it, in the
// shapes that `cityledger bench` uses: closed loops with so many transactions open, and open loops
// whose latency counts from the intended moment of sending.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const sendersPerNode = 64

var client = &http.Client{
	Timeout:   10 * time.Second,
	Transport: &http.Transport{MaxIdleConnsPerHost: 64},
}

func call(url, method string, params any, result any) error {
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
	if err != nil {
		return err
	}
	answer, err := client.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	var envelope struct {
		Result json.RawMessage
		Error  *struct{ Message, Data string }
	}
	if err := json.Unmarshal(text, &envelope); err != nil {
		return err
	}
	if envelope.Error != nil {
		return fmt.Errorf("%s: %s %s", method, envelope.Error.Message, envelope.Error.Data)
	}
	return json.Unmarshal(envelope.Result, result)
}

func height(url string) (int64, error) {
	var status struct {
		SyncInfo struct {
			Height int64 `json:"latest_block_height,string"`
		} `json:"sync_info"`
	}
	err := call(url, "status", map[string]any{}, &status)
	return status.SyncInfo.Height, err
}

// The number of a transaction, which stands in its key; -1 if it is not of this round.
func numberOf(tx []byte, round string) int64 {
	key, _, found := bytes.Cut(tx, []byte("="))
	rest, ours := strings.CutPrefix(string(key), round+"-")
	var number int64
	if _, err := fmt.Sscanf(rest, "%d", &number); !found || !ours || err != nil {
		return -1
	}
	return number
}

// key=value of the kvstore, padded to the size.
func transaction(round string, number int64, size int) []byte {
	text := fmt.Sprintf("%s-%d=", round, number)
	for len(text) < size {
		text += "v"
	}
	return []byte(text)
}

type round struct {
	name      string
	urls      []string
	size      int
	open      int64 // closed loop: transactions without a block
	perSecond int64 // open loop; 0 in closed loops
	warmUp    time.Duration
	duration  time.Duration

	start     time.Time
	next      atomic.Int64
	sent      atomic.Int64
	pending   atomic.Int64
	mutex     sync.Mutex
	intended  map[int64]time.Duration
	latencies []time.Duration // of those intended in the measured time
	committed int64           // in the measured time
	refused   atomic.Int64
}

func (r *round) total() time.Duration { return r.warmUp + r.duration }

// The next transaction and when it should be sent; false when the round is over.
func (r *round) take() (int64, time.Duration, bool) {
	if r.perSecond > 0 {
		number := r.next.Add(1) - 1
		due := time.Duration(number) * time.Second / time.Duration(r.perSecond)
		if due >= r.total() {
			return 0, 0, false
		}
		time.Sleep(due - time.Since(r.start))
		r.pending.Add(1)
		return number, due, true
	}
	for r.pending.Add(1) > r.open {
		r.pending.Add(-1)
		if time.Since(r.start) >= r.total() {
			return 0, 0, false
		}
		time.Sleep(time.Millisecond)
	}
	if time.Since(r.start) >= r.total() {
		r.pending.Add(-1)
		return 0, 0, false
	}
	return r.next.Add(1) - 1, time.Since(r.start), true
}

func (r *round) send(url string) {
	for {
		number, due, more := r.take()
		if !more {
			return
		}
		r.mutex.Lock()
		r.intended[number] = due
		r.mutex.Unlock()
		r.sent.Add(1)
		tx := base64.StdEncoding.EncodeToString(transaction(r.name, number, r.size))
		var result struct{ Code uint32 }
		err := call(url, "broadcast_tx_sync", map[string]any{"tx": tx}, &result)
		if err != nil || result.Code != 0 {
			r.refused.Add(1)
			r.forget(number)
			if r.perSecond == 0 {
				time.Sleep(5 * time.Millisecond)
			}
		}
	}
}

// Reads every block from the height on until it is stopped.
func (r *round) follow(url string, from int64, stop *atomic.Bool) {
	for !stop.Load() {
		latest, err := height(url)
		if err != nil || latest < from {
			time.Sleep(2 * time.Millisecond)
			continue
		}
		var answer struct {
			Block struct{ Data struct{ Txs [][]byte } }
		}
		if call(url, "block", map[string]any{"height": fmt.Sprint(from)}, &answer) != nil {
			continue
		}
		now := time.Since(r.start)
		for _, tx := range answer.Block.Data.Txs {
			r.note(numberOf(tx, r.name), now)
		}
		from++
	}
}

func (r *round) note(number int64, now time.Duration) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	due, known := r.intended[number]
	if !known {
		return
	}
	delete(r.intended, number)
	r.pending.Add(-1)
	if now >= r.warmUp && now < r.total() {
		r.committed++
	}
	if due >= r.warmUp {
		r.latencies = append(r.latencies, now-due)
	}
}

func (r *round) forget(number int64) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if _, known := r.intended[number]; known {
		delete(r.intended, number)
		r.pending.Add(-1)
	}
}

type outcome struct {
	Round           string  `json:"round"`
	Bytes           int     `json:"bytes"`
	Rate            string  `json:"rate"`
	CommittedPerSec float64 `json:"committed_per_second"`
	P50             float64 `json:"p50_ms"`
	P99             float64 `json:"p99_ms"`
	Max             float64 `json:"max_ms"`
	Sent            int64   `json:"sent"`
	Refused         int64   `json:"refused"`
	Pending         int     `json:"pending"`
}

func (r *round) run() (outcome, error) {
	r.intended = map[int64]time.Duration{}
	from, err := height(r.urls[0])
	if err != nil {
		return outcome{}, err
	}
	r.start = time.Now()
	var stop atomic.Bool
	var follower, senders sync.WaitGroup
	follower.Add(1)
	go func() { defer follower.Done(); r.follow(r.urls[0], from+1, &stop) }()
	for _, url := range r.urls {
		for i := 0; i < sendersPerNode; i++ {
			senders.Add(1)
			go func(url string) { defer senders.Done(); r.send(url) }(url)
		}
	}
	senders.Wait()
	for i := 0; i < 100 && r.pending.Load() > 0; i++ {
		time.Sleep(100 * time.Millisecond)
	}
	stop.Store(true)
	follower.Wait()
	return r.result(), nil
}

func (r *round) result() outcome {
	sort.Slice(r.latencies, func(i, j int) bool { return r.latencies[i] < r.latencies[j] })
	at := func(perMille int) float64 {
		if len(r.latencies) == 0 {
			return 0
		}
		index := (len(r.latencies)*perMille+999)/1000 - 1
		return float64(r.latencies[index].Microseconds()) / 1000
	}
	rate := fmt.Sprintf("closed, %d open", r.open)
	if r.perSecond > 0 {
		rate = fmt.Sprintf("fixed %d/s", r.perSecond)
	}
	return outcome{r.name, r.size, rate, float64(r.committed) / r.duration.Seconds(),
		at(500), at(990), at(1000), r.sent.Load(), r.refused.Load(), len(r.intended)}
}

func main() {
	nodes := flag.String("nodes", "", "JSON-RPC addresses, separated by commas")
	file := flag.String("json", "", "file for the results")
	warmUp := flag.Duration("warm-up", 5*time.Second, "of each round")
	duration := flag.Duration("duration", 20*time.Second, "of each round, after its warm-up")
	flag.Parse()
	urls := strings.Split(*nodes, ",")
	stamp := time.Now().UnixNano() // keys of other runs on the same network differ
	results := []outcome{}
	add := func(name string, size int, open, perSecond int64) float64 {
		r := round{name: fmt.Sprintf("%s%x", strings.ReplaceAll(name, " ", ""), stamp), urls: urls, size: size, open: open,
			perSecond: perSecond, warmUp: *warmUp, duration: *duration}
		result, err := r.run()
		if err != nil {
			fmt.Fprintln(os.Stderr, "peers-load:", err)
			os.Exit(1)
		}
		result.Round = name
		results = append(results, result)
		fmt.Printf("%-12s %6d %-20s %12.0f %9.1f %9.1f %9d\n", result.Round, result.Bytes,
			result.Rate, result.CommittedPerSec, result.P50, result.P99, result.Refused)
		return result.CommittedPerSec
	}
	fmt.Printf("%-12s %6s %-20s %12s %9s %9s %9s\n", "round", "bytes", "rate", "committed/s",
		"p50 ms", "p99 ms", "refused")
	// The best of several numbers of open transactions: a peer is shown at its best.
	best := func(size int) float64 {
		peak := 0.0
		for _, open := range []int64{250, 1000, 4000} {
			if reached := add(fmt.Sprint("peak ", open), size, open, 0); reached > peak {
				peak = reached
			}
		}
		return peak
	}
	add("half load", 250, 0, int64(best(250)/2)+1)
	best(970)
	add("idle", 250, 1, 0)
	if *file != "" {
		text, _ := json.MarshalIndent(results, "", "  ")
		if err := os.WriteFile(*file, append(text, '\n'), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "peers-load:", err)
			os.Exit(1)
		}
	}
}
