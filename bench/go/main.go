// The same questions to Go's own map: map[uint64]*T, the same keys in the same order.
//
// Prints one JSON object a line. Sums are taken in CPU time of this thread, so that what the collector
// does on other threads is not charged to the map. Every single insert is timed by the monotonic clock.
package main

import (
	"flag"
	"fmt"
	"math/bits"
	"os"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

type object struct{ words [2]uint64 } // 16 bytes: the i-th one lies 16*i behind the first

func mixed(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ (x >> 31)
}

type randomWords struct{ state uint64 }

func (r *randomWords) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	return mixed(r.state)
}

func (r *randomWords) below(bound uint64) uint64 {
	high, _ := bits.Mul64(r.next(), bound)
	return high
}

func wordKey(i, seed uint64) uint64 { return mixed((i+1)*0x9e3779b97f4a7c15 + mixed(seed)) }

func shuffled(n int, seed uint64) []uint32 {
	order := make([]uint32, n)
	for i := range order {
		order[i] = uint32(i)
	}
	random := randomWords{seed}
	for i := n; i > 1; i-- {
		j := random.below(uint64(i))
		order[i-1], order[j] = order[j], order[i-1]
	}
	return order
}

const leastProbes = 16384

// Shuffles of all numbers below size, one behind the other.
func probingOrder(size, wanted int, seed uint64) []uint32 {
	var order []uint32
	for pass := uint64(0); len(order) < wanted; pass++ {
		next := shuffled(size, seed+1000*pass)
		if len(next) > wanted-len(order) {
			next = next[:wanted-len(order)]
		}
		order = append(order, next...)
	}
	return order
}

func cpuNanoseconds() float64 {
	const threadCPUTime = 3
	var now syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, threadCPUTime, uintptr(unsafe.Pointer(&now)), 0)
	return float64(now.Sec)*1e9 + float64(now.Nsec)
}

type question struct {
	size       int
	operations int
	seed       uint64
	keys       []uint64
	objects    []object
	base       uintptr
}

func (q *question) number(p *object) uint64 { return uint64(uintptr(unsafe.Pointer(p))-q.base) + 16 }

func report(name string, size, operations int, checksum uint64, nanoseconds []float64) {
	texts := make([]string, len(nanoseconds))
	for i, ns := range nanoseconds {
		texts[i] = strconv.FormatFloat(ns/float64(operations), 'f', 4, 64)
	}
	fmt.Printf("{\"question\": %q, \"size\": %d, \"operations\": %d, \"checksum\": \"%x\", \"ns\": [%s]}\n",
		name, size, operations, checksum, strings.Join(texts, ", "))
}

func (q *question) fill(m map[uint64]*object) {
	for i, key := range q.keys {
		m[key] = &q.objects[i]
	}
}

//go:noinline
func (q *question) findAll(m map[uint64]*object, keys []uint64) (sum uint64) {
	for _, key := range keys {
		if p, ok := m[key]; ok {
			sum += q.number(p)
		}
	}
	return sum
}

//go:noinline
func (q *question) findInTurn(m map[uint64]*object, keys []uint64) (sum uint64) {
	for i := 0; i < len(keys)-1; {
		number := q.number(m[keys[i]])
		sum += number
		i += 1 + int(number&1)
	}
	return sum
}

func (q *question) find(rounds int) {
	m := make(map[uint64]*object)
	q.fill(m)
	wanted := q.size
	if q.operations < wanted {
		wanted = q.operations
	}
	if wanted < leastProbes {
		wanted = leastProbes
	}
	order := probingOrder(q.size, wanted, q.seed+17)
	present := make([]uint64, wanted+1)
	absent := make([]uint64, wanted)
	for i := 0; i < wanted; i++ {
		present[i] = wordKey(uint64(order[i]), q.seed)
		absent[i] = wordKey(uint64(q.size)+uint64(order[i]), q.seed)
	}
	present[wanted] = present[0]
	times := q.operations / wanted
	if times < 1 {
		times = 1
	}
	ask := func(name string, keys []uint64, through func(map[uint64]*object, []uint64) uint64) {
		var samples []float64
		var sum uint64
		for round := -1; round < rounds; round++ {
			sum = 0
			start := cpuNanoseconds()
			for i := 0; i < times; i++ {
				sum += through(m, keys)
			}
			if took := cpuNanoseconds() - start; round >= 0 {
				samples = append(samples, took)
			}
		}
		report(name, q.size, times*wanted, sum, samples)
	}
	runtime.GC()
	ask("find hit", present[:wanted], q.findAll)
	ask("find hit dependent", present, q.findInTurn)
	ask("find miss", absent, q.findAll)
}

func (q *question) insert(name string, rounds, hint int) {
	times := q.operations / 2 / q.size
	if times < 1 {
		times = 1
	}
	var samples []float64
	for round := -1; round < rounds; round++ {
		maps := make([]map[uint64]*object, times)
		for i := range maps {
			maps[i] = make(map[uint64]*object, hint)
		}
		start := cpuNanoseconds()
		for _, m := range maps {
			q.fill(m)
		}
		if took := cpuNanoseconds() - start; round >= 0 {
			samples = append(samples, took)
		}
		maps = nil
		runtime.GC()
	}
	report(name, q.size, times*q.size, uint64(q.size), samples)
}

func (q *question) eraseInsert(rounds int) {
	m := make(map[uint64]*object)
	q.fill(m)
	living := shuffled(q.size, q.seed+29)
	random := randomWords{q.seed + 31}
	next := uint64(q.size)
	pairs := q.operations / 2
	leaving := make([]uint64, pairs)
	coming := make([]uint64, pairs)
	var samples []float64
	for round := -1; round < rounds; round++ {
		for i := range leaving {
			place := &living[random.below(uint64(len(living)))]
			leaving[i] = wordKey(uint64(*place), q.seed)
			coming[i] = wordKey(next, q.seed)
			*place = uint32(next)
			next++
		}
		start := cpuNanoseconds()
		for i, key := range leaving {
			delete(m, key)
			m[coming[i]] = &q.objects[i%q.size]
		}
		if took := cpuNanoseconds() - start; round >= 0 {
			samples = append(samples, took)
		}
	}
	report("erase+insert", q.size, pairs, uint64(len(m)), samples)
}

func (q *question) iterate(rounds int) {
	m := make(map[uint64]*object)
	q.fill(m)
	times := q.operations / q.size
	if times < 1 {
		times = 1
	}
	var samples []float64
	var sum uint64
	for round := -1; round < rounds; round++ {
		sum = 0
		start := cpuNanoseconds()
		for i := 0; i < times; i++ {
			for _, p := range m {
				sum += q.number(p)
			}
		}
		if took := cpuNanoseconds() - start; round >= 0 {
			samples = append(samples, took)
		}
	}
	report("iterate", q.size, times*q.size, sum, samples)
}

// The longest insert of each round, and the longest once every insert has the best of its rounds.
func (q *question) worst(rounds int) {
	best := make([]float32, q.size)
	all := make([]float32, 0, q.size)
	var longest []float64
	for round := 0; round < rounds; round++ {
		m := make(map[uint64]*object)
		most := 0.0
		all = all[:0]
		for i, key := range q.keys {
			start := time.Now()
			m[key] = &q.objects[i]
			took := float64(time.Since(start))
			if took > most {
				most = took
			}
			all = append(all, float32(took))
			if round == 0 || float32(took) < best[i] {
				best[i] = float32(took)
			}
		}
		longest = append(longest, most)
		m = nil
		runtime.GC()
	}
	own := float32(0)
	for _, b := range best {
		if b > own {
			own = b
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
	at := func(fraction float64) float32 { return all[int(fraction*float64(len(all)-1))] }
	sort.Float64s(longest)
	fmt.Printf("{\"question\": \"worst insert while growing\", \"size\": %d, \"p50\": %.1f, \"p99\": %.1f, \"p99.9\": %.1f, \"p99.99\": %.1f, \"max\": %.1f, \"own_worst\": %.1f}\n",
		q.size, at(0.5), at(0.99), at(0.999), at(0.9999), longest[len(longest)/2], own)
}

func main() {
	sizes := flag.String("sizes", "1e3,1e5,1e6", "how many entries")
	rounds := flag.Int("rounds", 1, "rounds")
	operations := flag.Float64("ops", 2e6, "operations in a round, at least")
	seed := flag.Uint64("seed", 1, "of keys and orders")
	only := flag.String("ask", "find,insert,erase_insert,iterate", "groups of questions; also worst")
	flag.Parse()
	runtime.LockOSThread()
	for _, text := range strings.Split(*sizes, ",") {
		size, err := strconv.ParseFloat(text, 64)
		if err != nil || size < 1 {
			fmt.Fprintf(os.Stderr, "bench: '%s' is not a number of entries\n", text)
			os.Exit(2)
		}
		q := &question{size: int(size), operations: int(*operations), seed: *seed}
		q.keys = make([]uint64, q.size)
		for i := range q.keys {
			q.keys[i] = wordKey(uint64(i), q.seed)
		}
		q.objects = make([]object, q.size)
		q.base = uintptr(unsafe.Pointer(&q.objects[0]))
		for _, group := range strings.Split(*only, ",") {
			switch group {
			case "find":
				q.find(*rounds)
			case "insert":
				q.insert("insert growing", *rounds, 0)
				q.insert("insert reserved", *rounds, q.size)
			case "erase_insert":
				q.eraseInsert(*rounds)
			case "iterate":
				q.iterate(*rounds)
			case "worst":
				q.worst(*rounds)
			}
			runtime.GC()
		}
	}
}
