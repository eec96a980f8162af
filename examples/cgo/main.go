// Go keeps handles of C memory in its maps, not C pointers.
//
// A *C.char as a key or value of a Go map is a bare number to Go: C may free the memory under it, and the next malloc
// gives the same number to something else. A handle is never another's, and an old one is refused.
package main

/*
#include <stdlib.h>
#include <string.h>

#include <holdfast/lifetime/holdfast.h>

static int freed;

static void free_text(void* context, void* pointer, size_t size) {
	(void)context;
	(void)size;
	++freed;
	free(pointer);
}

static holdfast_handle adopt_text(const char* text) {
	holdfast_handle handle = 0;
	char* copy = strdup(text);
	if (copy != NULL && holdfast_adopt(copy, strlen(copy) + 1, free_text, NULL, "text", &handle) != holdfast_ok) free(copy);
	return handle;
}

static int freed_texts(void) { return freed; }
*/
import "C"

import (
	"fmt"
	"os"
	"sync"
	"unsafe"
)

// handle is a share of a C string.
type handle C.holdfast_handle

func adopt(text string) handle {
	c := C.CString(text)
	defer C.free(unsafe.Pointer(c))
	return handle(C.adopt_text(c))
}

// use gives f the text, which C cannot free meanwhile, whatever other goroutines release.
func (h handle) use(f func(string)) error {
	var use C.holdfast_use
	if why := C.holdfast_begin(C.holdfast_handle(h), &use); why != C.holdfast_ok {
		return fmt.Errorf("%s", C.GoString(C.holdfast_strerror(why)))
	}
	defer C.holdfast_end(&use)
	f(C.GoString((*C.char)(use.pointer)))
	return nil
}

func (h handle) release() error {
	if why := C.holdfast_release(C.holdfast_handle(h)); why != C.holdfast_ok {
		return fmt.Errorf("%s", C.GoString(C.holdfast_strerror(why)))
	}
	return nil
}

var broken int

func expect(kept bool, what string) {
	if kept {
		fmt.Println("ok:", what)
		return
	}
	fmt.Println("BROKEN:", what)
	broken = 1
}

func main() {
	texts := map[string]handle{"a": adopt("first"), "b": adopt("second")}
	var seen string
	expect(texts["a"].use(func(s string) { seen = s }) == nil && seen == "first", "a handle leads to its text")

	// Many goroutines use a text while one releases it.
	var all sync.WaitGroup
	old := texts["a"]
	for i := 0; i < 8; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for n := 0; n < 1000; n++ {
				old.use(func(s string) {
					if s != "first" {
						panic("freed under us: " + s)
					}
				})
			}
		}()
	}
	expect(old.release() == nil, "the last share is released")
	delete(texts, "a")
	all.Wait()
	C.holdfast_drain()
	expect(C.freed_texts() == 1, "the text is freed after its last use")
	err := old.use(func(string) { panic("not to be called") })
	expect(err != nil, "an old handle is refused: "+fmt.Sprint(err))
	expect(old.release() != nil && handle(0).release() != nil, "and so are a second release and no handle at all")

	// malloc gives the same address again and again, and not one handle twice.
	byHandle := map[handle]int{}
	byAddress := map[unsafe.Pointer]int{}
	for i := 0; i < 10000; i++ {
		h := adopt("again")
		var use C.holdfast_use
		C.holdfast_begin(C.holdfast_handle(h), &use)
		byAddress[use.pointer]++
		byHandle[h]++
		C.holdfast_end(&use)
		h.release()
		if i%100 == 0 {
			C.holdfast_drain()
		}
	}
	expect(len(byHandle) == 10000, "10000 texts have 10000 handles")
	expect(len(byAddress) < 10000, "on fewer addresses")
	expect(texts["b"].release() == nil, "nothing is left")
	C.holdfast_drain()
	expect(C.holdfast_live() == 0, "in the registry")
	os.Exit(broken)
}
