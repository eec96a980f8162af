// Which keys share one object: found after the fact in any map, prevented where the value's type is ours to choose.
#include <cstdio>
#include <map>
#include <memory>
#include <string>

#include <holdfast/lifetime/alias_audit.hpp>
#include <holdfast/lifetime/counted.hpp>
#include <holdfast/map/map.hpp>

namespace {

struct settings {
  int volume = 5;
};

}  // namespace

int main() {
  const auto defaults = std::make_shared<settings>();
  const std::map<std::string, std::shared_ptr<settings>> of_user = {
      {"ann", defaults}, {"bob", defaults}, {"eve", std::make_shared<settings>()}};
  const auto found = holdfast::alias_audit(of_user);
  std::fputs(alias_text(found).c_str(), stdout);
  std::fputs(alias_json(found).c_str(), stdout);

  // With counted, the first change makes a copy.
  holdfast::map<std::string, holdfast::counted<settings>> own;
  own["ann"] = own["bob"] = holdfast::counted(settings{});
  own["ann"].write().volume = 11;
  std::printf("ann has volume %d, bob %d\n", own["ann"]->volume, own["bob"]->volume);
  return found.groups.size() == 1 && own["bob"]->volume == 5 && alias_audit(own).found_none() ? 0 : 1;
}
