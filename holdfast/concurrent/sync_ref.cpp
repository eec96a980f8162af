// See sync_ref.hpp.
#include <holdfast/concurrent/sync_ref.hpp>

namespace holdfast::inline v0::concurrent {
namespace {

std::string text_of_map(const entry_watch* watch) {
  const std::string name = watch == nullptr ? std::string() : watch->home().name.text();
  if (watch == nullptr) return "a map";
  return name.empty() ? std::string("a map (not named)") : "map \"" + name + '"';
}

}  // namespace

std::string text_of_stale(const entry_watch* watch) {
  const std::string to = text_of_map(watch);
  return watch == nullptr ? stale_text(to, empty_reference, cure_of_empty_reference) : stale_text(to, watch->why());
}

void raise_stale_entry(const entry_watch* watch) {
  const std::string to = text_of_map(watch);
  if (watch == nullptr) raise_stale(to, {}, empty_reference, cure_of_empty_reference);
  raise_stale(to, watch->why());
}

void report_stale_entry(const entry_watch* watch) noexcept {
  const std::string to = text_of_map(watch);
  if (watch == nullptr) report_stale(to, empty_reference, cure_of_empty_reference);
  report_stale(to, watch->why());
}

}  // namespace holdfast::inline v0::concurrent
