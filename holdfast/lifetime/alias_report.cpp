// See alias_report.hpp.
#include <holdfast/lifetime/alias_report.hpp>

#include <cstdio>

namespace holdfast::inline v0::lifetime {
namespace {

constexpr std::size_t shown_keys = 16;

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + ' ' + std::string(count == 1 ? one : many);
}

std::string address_text(const void* address) {
  char text[32];
  std::snprintf(text, sizeof text, "%p", address);
  return text;
}

// In double quotes, as JSON wants it; bytes above 127 are left as they are.
std::string quoted(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') text += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      char code[8];
      std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned char>(c));
      text += code;
    } else {
      text += c;
    }
  }
  return text + '"';
}

std::string listed(const std::vector<std::string>& keys, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < keys.size() && i < most; ++i) text += (i == 0 ? "" : ", ") + quoted(keys[i]);
  if (keys.size() > most) text += " and " + std::to_string(keys.size() - most) + " more";
  return text;
}

std::string bytes_text(std::size_t bytes) {
  return bytes == 0 ? std::string() : " (" + counted(bytes, "byte", "bytes") + ")";
}

std::string holders_text(const alias_group<std::string>& one) {
  const auto keys = static_cast<long>(one.keys.size());
  if (one.holders <= keys) return {};
  return ", and " + counted(static_cast<std::size_t>(one.holders - keys), "holder", "holders") + " elsewhere";
}

std::string keys_json(const std::vector<std::string>& keys) { return "[" + listed(keys, keys.size()) + "]"; }

std::string field(std::string_view name, std::string_view value) { return quoted(name) + ": " + std::string(value); }

std::string field(std::string_view name, std::size_t value) { return field(name, std::to_string(value)); }

std::string object_json(std::string_view prefix, const void* address, std::size_t bytes) {
  return field(std::string(prefix) + "object", quoted(address_text(address))) + ", " +
         field(std::string(prefix) + "bytes", bytes == 0 ? "null" : std::to_string(bytes));
}

template <class All, class One>
std::string array_json(const All& all, One one_json) {
  std::string text = "[";
  for (const auto& one : all) text += (text.size() == 1 ? "{" : ", {") + one_json(one) + "}";
  return text + "]";
}

}  // namespace

std::string alias_text(const alias_report<std::string>& report) {
  std::string text = counted(report.entries, "entry", "entries") + ", " + std::to_string(report.without_object) +
                     " without an object: " + counted(report.groups.size(), "object", "objects") +
                     " under more than one key, " + std::to_string(report.inside.size()) + " inside another one\n";
  for (const auto& one : report.groups) {
    text += "  " + address_text(one.object) + bytes_text(one.bytes) + " is under " + listed(one.keys, shown_keys) +
            holders_text(one) + "\n";
  }
  for (const auto& one : report.inside) {
    text += "  " + address_text(one.object) + bytes_text(one.bytes) + " under " + listed(one.keys, shown_keys) +
            " is " + counted(one.offset(), "byte", "bytes") + " into " + address_text(one.outer) +
            bytes_text(one.outer_bytes) + " under " + listed(one.outer_keys, shown_keys) + "\n";
  }
  return text;
}

std::string alias_json(const alias_report<std::string>& report) {
  const auto group = [](const alias_group<std::string>& one) {
    return object_json("", one.object, one.bytes) + ", " +
           field("holders", one.holders == 0 ? "null" : std::to_string(one.holders)) + ", " +
           field("keys", keys_json(one.keys));
  };
  const auto inside = [](const inside_alias<std::string>& one) {
    return object_json("", one.object, one.bytes) + ", " + field("keys", keys_json(one.keys)) + ", " +
           field("offset", one.offset()) + ", " + object_json("outer_", one.outer, one.outer_bytes) + ", " +
           field("outer_keys", keys_json(one.outer_keys));
  };
  return "{" + field("format", quoted("holdfast-alias-audit-1")) + ", " + field("entries", report.entries) + ", " +
         field("without_object", report.without_object) + ", " + field("groups", array_json(report.groups, group)) +
         ", " + field("inside", array_json(report.inside, inside)) + "}\n";
}

}  // namespace holdfast::inline v0::lifetime
