// Go's sync.Map under the questions of bench/articles/go_map_bench: one line for each, "question|nanoseconds". The
// arguments are the number of threads and the length of a run in seconds. As they stand in Go's own benchmarks of it;
// what Go 1.19's sync.Map has no method for (Swap, CompareAndSwap, CompareAndDelete, Clear) is not asked.
package main

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

type question struct {
	name   string
	stored uint64
	act    func(m *sync.Map, i, own uint64)
}

const half = 128

func mostly(hits uint64) func(*sync.Map, uint64, uint64) {
	return func(m *sync.Map, i, own uint64) {
		at := i % 1024
		if at < hits {
			m.Load(at % hits)
		} else {
			m.Load(at + 1024)
		}
	}
}

func known(i, own uint64) uint64 {
	if i%(2*half) < half {
		return i % half
	}
	return own
}

var questions = []question{
	{"LoadMostlyHits", 1023, mostly(1023)},
	{"LoadMostlyMisses", 1, mostly(1)},
	{"LoadOrStoreBalanced", half, func(m *sync.Map, i, own uint64) { m.LoadOrStore(known(i, own), i) }},
	{"LoadOrStoreUnique", 0, func(m *sync.Map, i, own uint64) { m.LoadOrStore(own, i) }},
	{"LoadOrStoreCollision", 1, func(m *sync.Map, i, own uint64) { m.LoadOrStore(uint64(0), uint64(0)) }},
	{"LoadAndDeleteBalanced", half, func(m *sync.Map, i, own uint64) { m.LoadAndDelete(known(i, own)) }},
	{"LoadAndDeleteUnique", 0, func(m *sync.Map, i, own uint64) { m.LoadAndDelete(own) }},
	{"LoadAndDeleteCollision", 1, func(m *sync.Map, i, own uint64) {
		if _, was := m.LoadAndDelete(uint64(0)); was {
			m.Store(uint64(0), uint64(0))
		}
	}},
	{"Range", 1024, func(m *sync.Map, i, own uint64) {
		var sum uint64
		m.Range(func(_, value any) bool { sum += value.(uint64); return true })
	}},
	{"AdversarialAlloc", 0, func(m *sync.Map, i, own uint64) {
		m.Load(own)
		if i%64 == 0 {
			m.LoadOrStore(own, i)
		}
	}},
	{"AdversarialDelete", 1024, func(m *sync.Map, i, own uint64) {
		m.Load(own)
		if i%1024 == 0 {
			m.Range(func(key, _ any) bool { m.Delete(key); return false })
			m.Store(own, i)
		}
	}},
	{"DeleteCollision", 0, func(m *sync.Map, i, own uint64) { m.Delete(uint64(0)) }},
}

func main() {
	threads, seconds := 2, 0.05
	if len(os.Args) > 2 {
		threads, _ = strconv.Atoi(os.Args[1])
		seconds, _ = strconv.ParseFloat(os.Args[2], 64)
	}
	for _, q := range questions {
		var m sync.Map
		for key := uint64(0); key < q.stored; key++ {
			m.Store(key, key)
		}
		fmt.Printf("%s|%g\n", q.name, run(&m, q, threads, seconds))
	}
}

func run(m *sync.Map, q question, threads int, seconds float64) float64 {
	var stop int32
	var operations uint64
	var all sync.WaitGroup
	start := time.Now()
	for thread := 0; thread < threads; thread++ {
		all.Add(1)
		go func(thread uint64) {
			defer all.Done()
			var done uint64
			for atomic.LoadInt32(&stop) == 0 {
				for n := 0; n < 16; n++ {
					q.act(m, done, (thread+1)<<40|done)
					done++
				}
			}
			atomic.AddUint64(&operations, done)
		}(uint64(thread))
	}
	time.Sleep(time.Duration(seconds * 1e9))
	atomic.StoreInt32(&stop, 1)
	all.Wait()
	return float64(time.Since(start).Nanoseconds()) / float64(operations)
}
