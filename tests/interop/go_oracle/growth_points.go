// Prints how real Go's map grows: one line an event, "question entry B" (see growth_points.cpp).
package main

import (
	"fmt"
	"unsafe"
)

// The header of Go's map up to 1.23.
type header struct {
	count      int
	flags      uint8
	b          uint8
	noverflow  uint16
	hash0      uint32
	buckets    unsafe.Pointer
	oldbuckets unsafe.Pointer
	nevacuate  uintptr
	extra      unsafe.Pointer
}

func look(m map[uint64]uint64) *header {
	return *(**header)(unsafe.Pointer(&m))
}

// The same irregular keys as the C++ side makes.
func scattered(n uint64) uint64 {
	n += 0x9e3779b97f4a7c15
	n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9
	n = (n ^ (n >> 27)) * 0x94d049bb133111eb
	return n ^ (n >> 31)
}

func main() {
	m := make(map[uint64]uint64)
	b := look(m).b
	for n := uint64(0); n < 30000; n++ {
		m[scattered(n)] = n
		if now := look(m).b; now != b {
			b = now
			fmt.Println("grow", n+1, b)
		}
	}
	for n := uint64(0); n < 30000; n++ {
		delete(m, scattered(n))
	}
	fmt.Println("after-erase", len(m), look(m).b)

	for _, hint := range []int{0, 8, 9, 13, 14, 26, 27, 52, 53, 104, 105, 208, 209, 1000, 10000, 100000} {
		h := make(map[uint64]uint64, hint)
		h[1] = 1
		fmt.Println("hint", hint, look(h).b)
	}

	w := make(map[uint64]uint64)
	same := 0
	packing := false
	for n := uint64(0); n < 200000; n++ {
		w[scattered(n)] = n
		if n >= 150 {
			delete(w, scattered(n-150))
		}
		now := look(w).flags&8 != 0
		if now && !packing {
			same++
		}
		packing = now
	}
	fmt.Println("window", same, look(w).b)

	g := make(map[uint64]uint64)
	for n := uint64(0); n <= 13*256; n++ {
		g[n] = n
	}
	writes := 1
	for look(g).oldbuckets != nil {
		g[7] = 7
		writes++
	}
	fmt.Println("overwrites", writes, look(g).b)
}
