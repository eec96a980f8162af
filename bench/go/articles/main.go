// The articles' own designs, in Go, for bench/articles: one line for each design and question,
// "article|question|design|the article's figure|nanoseconds". The argument is the length of a run in seconds.
package main

import (
	"fmt"
	"hash/fnv"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

type user struct {
	name string
	age  uint64
}

type table interface {
	read(key string) uint64
	write(key string, n uint64)
}

// A map of pointers under one lock.
type mutexMap struct {
	lock  sync.Mutex
	users map[string]*user
}

func (m *mutexMap) read(key string) uint64 {
	m.lock.Lock()
	defer m.lock.Unlock()
	return m.users[key].age
}
func (m *mutexMap) write(key string, n uint64) {
	fresh := &user{"user", n}
	m.lock.Lock()
	m.users[key] = fresh
	m.lock.Unlock()
}

type rwMap struct {
	lock  sync.RWMutex
	users map[string]*user
}

func (m *rwMap) read(key string) uint64 {
	m.lock.RLock()
	defer m.lock.RUnlock()
	return m.users[key].age
}
func (m *rwMap) write(key string, n uint64) {
	fresh := &user{"user", n}
	m.lock.Lock()
	m.users[key] = fresh
	m.lock.Unlock()
}

type syncMap struct{ users sync.Map }

func (m *syncMap) read(key string) uint64 {
	found, _ := m.users.Load(key)
	return found.(*user).age
}
func (m *syncMap) write(key string, n uint64) { m.users.Store(key, &user{"user", n}) }

type syncMapOfValues struct{ users sync.Map }

func (m *syncMapOfValues) read(key string) uint64 {
	found, _ := m.users.Load(key)
	return found.(user).age
}
func (m *syncMapOfValues) write(key string, n uint64) { m.users.Store(key, user{"user", n}) }

// The first article's cache.
type pointerCache struct{ boxes sync.Map }

func (m *pointerCache) read(key string) uint64 {
	box, _ := m.boxes.Load(key)
	return box.(*atomic.Value).Load().(*user).age
}
func (m *pointerCache) write(key string, n uint64) {
	box, _ := m.boxes.LoadOrStore(key, &atomic.Value{})
	box.(*atomic.Value).Store(&user{"user", n})
}

type sharded struct{ shards [32]rwMap }

func (m *sharded) home(key string) *rwMap {
	h := fnv.New32a()
	h.Write([]byte(key))
	return &m.shards[h.Sum32()%32]
}
func (m *sharded) read(key string) uint64     { return m.home(key).read(key) }
func (m *sharded) write(key string, n uint64) { m.home(key).write(key, n) }

type syncNumbers struct{ numbers sync.Map }

func (m *syncNumbers) read(key string) uint64 {
	found, _ := m.numbers.Load(key)
	return found.(uint64)
}
func (m *syncNumbers) write(key string, n uint64) { m.numbers.Store(key, n) }

type safeMap struct {
	lock    sync.RWMutex
	numbers map[string]uint64
}

func (m *safeMap) read(key string) uint64 {
	m.lock.RLock()
	n := m.numbers[key]
	m.lock.RUnlock()
	return n
}
func (m *safeMap) write(key string, n uint64) {
	m.lock.Lock()
	m.numbers[key] = n
	m.lock.Unlock()
}

func newMutexMap() table { return &mutexMap{users: map[string]*user{}} }
func newRwMap() table    { return &rwMap{users: map[string]*user{}} }
func newSyncMap() table  { return &syncMap{} }
func newSharded() table {
	m := &sharded{}
	for i := range m.shards {
		m.shards[i].users = map[string]*user{}
	}
	return m
}

type design struct {
	name  string
	there float64
	make  func() table
}

type question struct {
	article, name string
	threads       int
	writes        uint64
	oneKey        bool
	designs       []design
}

var questions = []question{
	{"A0 4.1", "reads", 8, 0, false, []design{{"Go: mutex + map", 120, newMutexMap}, {"Go: sync.Map", 85, newSyncMap},
		{"Go: sync.Map + atomic.Value", 62, func() table { return &pointerCache{} }}}},
	{"A0 4.1", "writes of one key", 8, 100, true, []design{{"Go: mutex + map", 210, newMutexMap},
		{"Go: sync.Map", 195, newSyncMap}, {"Go: sync.Map + atomic.Value", 178, func() table { return &pointerCache{} }}}},
	{"A1 4.1", "a million operations, one in ten writes", 8, 10, false, []design{{"Go: sync.Map of pointers", 18.3, newSyncMap},
		{"Go: RWMutex + map", 22.7, newRwMap}, {"Go: sync.Map of values", 31.9, func() table { return &syncMapOfValues{} }}}},
	{"A1 4.2", "reads", 8, 0, false, []design{{"Go: mutex + map", 248, newMutexMap}, {"Go: 32 shards, FNV-32a", 89, newSharded}}},
	{"A1 4.2", "writes, thousands a second", 8, 100, false, []design{{"Go: mutex + map", 42, newMutexMap},
		{"Go: 32 shards, FNV-32a", 156, newSharded}}},
	{"A4 4.1", "reads, 100 threads", 100, 0, false, []design{{"Go: sync.Map", 8.2, func() table { return &syncNumbers{} }},
		{"Go: RWMutex + map", 6.5, func() table { return &safeMap{numbers: map[string]uint64{}} }}}},
	{"A4 4.1", "half of them writes, 100 threads", 100, 50, false, []design{{"Go: sync.Map", 42.1, func() table { return &syncNumbers{} }},
		{"Go: RWMutex + map", 29.7, func() table { return &safeMap{numbers: map[string]uint64{}} }}}},
}

func mixed(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ (x >> 31)
}

func main() {
	seconds := 0.1
	if len(os.Args) > 1 {
		seconds, _ = strconv.ParseFloat(os.Args[1], 64)
	}
	keys := make([]string, 4096)
	for n := range keys {
		keys[n] = "user:" + strconv.Itoa(n*7919)
	}
	for _, q := range questions {
		for _, d := range q.designs {
			m := d.make()
			for _, key := range keys {
				m.write(key, 1)
			}
			fmt.Printf("%s|%s|%s|%g|%g\n", q.article, q.name, d.name, d.there, run(m, keys, q, seconds))
		}
	}
}

func run(m table, keys []string, q question, seconds float64) float64 {
	var stop int32
	var operations, sums uint64
	var all sync.WaitGroup
	start := time.Now()
	for thread := 0; thread < q.threads; thread++ {
		all.Add(1)
		go func(state uint64) {
			defer all.Done()
			var done, sum uint64
			for atomic.LoadInt32(&stop) == 0 {
				for n := 0; n < 64; n++ {
					state += 0x9e3779b97f4a7c15
					word := mixed(state)
					key := keys[0]
					if !q.oneKey {
						key = keys[word%4096]
					}
					if (word>>32)%100 < q.writes {
						m.write(key, word|1)
					} else {
						sum += m.read(key)
					}
				}
				done += 64
			}
			atomic.AddUint64(&operations, done)
			atomic.AddUint64(&sums, sum)
		}(uint64(thread) + 1)
	}
	time.Sleep(time.Duration(seconds * 1e9))
	atomic.StoreInt32(&stop, 1)
	all.Wait()
	return float64(time.Since(start).Nanoseconds()) / float64(operations)
}
