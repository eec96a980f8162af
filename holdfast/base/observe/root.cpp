// See root.hpp.
#include <holdfast/base/observe/root.hpp>

#include <holdfast/base/lang/config.hpp>

namespace holdfast::inline v0::observe {

constinit live_list live_names;

}  // namespace holdfast::inline v0::observe

// Kept by name, and kept by the linker although no code reads it.
extern "C" HOLDFAST_RETAINED HOLDFAST_EXPORTED constinit const holdfast::observe::root holdfast_root = {
    {'H', 'O', 'L', 'D', 'F', 'A', 'S', 'T'},
    holdfast::observe::layout_version,
    sizeof(holdfast::observe::root),
    &holdfast::observe::live_names,
    holdfast::observe::entry_layout,
    holdfast::observe::header_layout};
