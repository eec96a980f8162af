// See resource_error.hpp.
#include <holdfast/lifetime/resource_error.hpp>

namespace holdfast::inline v0 {

const char* text_of(resource_error error) noexcept {
  switch (error) {
    case resource_error::none: return "no error";
    case resource_error::invalid: return "not a handle: take it from adopt()";
    case resource_error::stale: return "the handle is stale: its resource was released for the last time";
    case resource_error::foreign: return "the handle belongs to another registry: ask that one";
    case resource_error::closing: return "the resource is closing: nobody gets a new share";
    case resource_error::freed: return "C freed the memory while it was held: release the handle instead of freeing";
    case resource_error::too_many: return "too many: release what is not used, or raise the limit";
    case resource_error::no_memory: return "out of memory: nothing was changed";
  }
  return "not an error of holdfast";
}

}  // namespace holdfast::inline v0
