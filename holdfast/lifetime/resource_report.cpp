// See resource_report.hpp.
#include <holdfast/lifetime/resource_report.hpp>

#include <cinttypes>
#include <cstdio>
#include <string>

#include <holdfast/base/lang/failure.hpp>
#include <holdfast/base/observe/fatal.hpp>
#include <holdfast/base/observe/stack_text.hpp>
#include <holdfast/base/sync/thread_id.hpp>

namespace holdfast::inline v0::lifetime {
namespace {

constexpr const char* freed_line = "holdfast: C memory was freed while it is held";
constexpr const char* freed_fatally_line = "holdfast: fatal: C memory was freed while it is held";

const char* way_of(departure_door door) noexcept {
  switch (door) {
    case departure_door::free: return "is freeing it with free";
    case departure_door::realloc: return "is moving it with realloc";
    case departure_door::delete_: return "is freeing it with operator delete";
    case departure_door::munmap: return "is unmapping it with munmap";
    case departure_door::told: return "says with note_freed that it is freed";
    case departure_door::cookie: return "finds its cookie changed: it was freed or written over";
    case departure_door::adopted_again: return "adopts the same address again: it was freed unseen, or adopted twice";
  }
  return "";
}

std::string address_text(const void* pointer) {
  char text[32];
  std::snprintf(text, sizeof text, "0x%" PRIxPTR, reinterpret_cast<std::uintptr_t>(pointer));
  return text;
}

std::string site_text(const resource_site& site) {
  return std::string(site.file) + ':' + std::to_string(site.line) + ' ' + site.function;
}

std::string registry_text(std::string_view name) {
  return name.empty() ? std::string() : "  registry \"" + std::string(name) + "\"\n";
}

std::string outcome_of(const departure& left) {
  if (left.twice) return "  it was freed before and kept; it is kept still\n";
  if (left.kept) return "  it is kept, and goes at the last release\n";
  return "  its handle is refused from now on, and its free callback will not run\n";
}

std::string own_stack_text(const void* from) {
  observe::backtrace stack;
  observe::capture_own(stack, from);
  return observe::stack_text(observe::answer::given, stack);
}

std::string text_of_departure(const departure& left, std::string_view registry, resource_site again) {
  std::string text = registry_text(registry);
  text += "  resource ";
  if (left.name[0] != '\0') text += '"' + std::string(left.name) + "\" ";
  text += "(handle " + to_string(left.handle) + ", tag " + std::to_string(left.tag) + ", " + std::to_string(left.size) +
          " bytes at " + address_text(left.pointer) + "), shares: " + std::to_string(left.shares) + '\n';
  text += "  adopted by thread " + std::to_string(left.adopted_by) + " at " + site_text(left.site) + '\n';
  if (left.has_stack) text += "  stack of the adoption:\n" + observe::stack_text(observe::answer::given, left.stack);
  text += "  this thread " + std::to_string(this_thread_id()) + ' ' + way_of(left.door);
  if (left.door == departure_door::adopted_again) text += ", at " + site_text(again);
  text += '\n' + outcome_of(left);
  return text;
}

constexpr const char* freed_cure = "release the handle instead of freeing, or let the registry heal (docs: resources)";

}  // namespace

void report_departure(const departure& left, std::string_view registry, when_freed how, resource_site again) noexcept {
  std::string text = text_of_departure(left, registry, again);
  if (how == when_freed::abort) observe::report_fatal_here(freed_fatally_line, text, freed_cure);
  text += "  stack of this thread " + std::to_string(this_thread_id()) + ":\n" + own_stack_text(__builtin_return_address(0));
  text += "  cure: ";
  text += freed_cure;
  text += '\n';
  report_refused(freed_line, text);
}

std::string line_of(const resource_view& one) {
  std::string text = "  " + to_string(one.handle);
  if (!one.name.empty()) text += " \"" + one.name + '"';
  text += " tag " + std::to_string(one.tag) + ", " + std::to_string(one.size) + " bytes at " +
          address_text(one.pointer) + ", shares: " + std::to_string(one.shares) + ", adopted by thread " +
          std::to_string(one.thread) + " at " + site_text(one.site);
  if (one.kept) text += ", freed by C and kept";
  else if (one.freed) text += ", freed by C";
  return text + '\n';
}

void report_leaks(const resource_options& how, std::size_t count, const std::string& lines) noexcept {
  std::string text = registry_text(how.name) + "  " + std::to_string(count) + " still held:\n" + lines;
  text += "  cure: release each share before its registry ends; what is held stays good until it is released\n";
  report_refused("holdfast: resources are held beyond their registry", text);
}

void report_limit(const resource_options& how) noexcept {
  report_refused("holdfast: a registry is full",
                 registry_text(how.name) + "  it may hold " + std::to_string(how.most_resources) +
                     " resources; the pointer was not adopted\n  cure: release what is not used, or raise "
                     "resource_options::most_resources\n");
}

void report_released_too_often(resource_handle handle, resource_error why) noexcept {
  observe::report_fatal_here("holdfast: fatal: a share was released by somebody else",
                             "  handle " + to_string(handle) + ": " + text_of(why) + '\n',
                             "release each share once: one for adopt(), one for each share()");
}

void report_too_many_shares(resource_handle handle) noexcept {
  observe::report_fatal_here(
      "holdfast: fatal: too many shares of one resource",
      "  handle " + to_string(handle) + " has " + std::to_string(resource_word::most_shares) + " shares already\n",
      "keep one share for each owner, and use with() or pin() for a moment's use");
}

}  // namespace holdfast::inline v0::lifetime
