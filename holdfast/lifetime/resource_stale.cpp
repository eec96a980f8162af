// See resource_stale.hpp.
#include <holdfast/lifetime/resource_stale.hpp>

namespace holdfast::inline v0::lifetime {
namespace {

struct wording {
  std::string what;
  std::string_view cure;
};

wording words_for(const refused_resource& one) {
  if (one.why) return {text_of(one.why), cure_of(one.why.what())};
  switch (one.error) {
    case resource_error::foreign: return {"the handle is of another registry", "ask the registry that adopted it"};
    case resource_error::closing: return {"the resource is closing", "take a share before close(), or expect nothing"};
    case resource_error::freed: return {std::string(what_happened(cause::freed_by_c)), cure_of(cause::freed_by_c)};
    case resource_error::stale: return {std::string(what_happened(cause::released)), cure_of(cause::released)};
    default: return {"the handle is null, or no registry has given it out", "take it from adopt()"};
  }
}

std::string name_of(const refused_resource& one) {
  if (!one.handle) return "a resource";
  std::string text = "resource " + to_string(one.handle);
  if (!one.registry.empty()) text += " of registry \"" + std::string(one.registry) + '"';
  return text;
}

}  // namespace

std::string text_of_bad_resource(const refused_resource& one) {
  const wording words = words_for(one);
  return stale_text(name_of(one), words.what, words.cure);
}

void raise_bad_resource(const refused_resource& one) {
  const wording words = words_for(one);
  raise_stale(name_of(one), one.why, words.what, words.cure);
}

void report_bad_resource(const refused_resource& one) noexcept {
  const wording words = words_for(one);
  report_stale(name_of(one), words.what, words.cure);
}

}  // namespace holdfast::inline v0::lifetime
