// See dump.hpp.
//
//   table of 21 entries in 4 buckets of 8, growing: 1 of 2 old buckets moved
//   bucket 0   moved     1f a0 .. .. .. .. .. ..
//   bucket 1   not yet   05 7c e1 -- 33 90 b2 c4 -> 18 .. .. .. .. .. .. ..
//
// `..` is empty_rest, `--` is empty_one, two hex digits are the top of an entry.
#include <holdfast/table/dump.hpp>

#include <cstdio>

namespace holdfast::inline v0::table {
namespace {

std::string drawn_top(top t) {
  if (t == top::empty_rest) return "..";
  if (t == top::empty_one) return "--";
  char digits[8];
  std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned>(t));
  return digits;
}

std::string drawn_tops(const drawn_bucket& bucket) {
  std::string line;
  for (unsigned i = 0; i < bucket.slots; ++i) {
    if (i > 0) line += ' ';
    line += drawn_top(bucket.tops[i]);
  }
  return line;
}

std::string summary(const picture& drawn) {
  const header& head = *drawn.head;
  std::string line = "table of " + std::to_string(head.count) + " entries in " +
                     std::to_string(drawn.chains_in_all == 0 ? 0 : bucket_count(head.now)) + " buckets of " +
                     std::to_string(drawn.slots_per_bucket);
  if (head.growth == growth_kind::none) return line;
  line += head.growth == growth_kind::doubling ? ", growing: " : ", packing: ";
  return line + std::to_string(head.front) + " of " + std::to_string(bucket_count(head.old)) + " old buckets moved";
}

}  // namespace

std::string draw_text(const picture& drawn) {
  std::string text = summary(drawn) + "\n";
  for (const drawn_chain& chain : drawn.chains) {
    std::string name = "bucket " + std::to_string(chain.number);
    name.resize(std::max<std::size_t>(name.size() + 1, 14), ' ');
    text += name;
    if (drawn.head->growth != growth_kind::none) text += chain.moved ? "moved    " : "not yet  ";
    const char* separator = "";
    for (const drawn_bucket& bucket : chain.buckets) {
      text += separator + drawn_tops(bucket);
      separator = " -> ";
    }
    text += '\n';
  }
  if (drawn.chains_in_all > drawn.chains.size()) {
    text += "and " + std::to_string(drawn.chains_in_all - drawn.chains.size()) + " more\n";
  }
  return text;
}

std::string draw_dot(const picture& drawn) {
  std::string text = "digraph table {\n  rankdir=LR;\n  label=\"" + summary(drawn) +
                     "\";\n  node [shape=record, fontname=\"monospace\"];\n";
  for (const drawn_chain& chain : drawn.chains) {
    std::string before;
    for (std::size_t i = 0; i < chain.buckets.size(); ++i) {
      std::string name = "b" + std::to_string(chain.number) + "_" + std::to_string(i);
      std::string fields = i == 0 ? std::to_string(chain.number) : "overflow";
      for (unsigned s = 0; s < chain.buckets[i].slots; ++s) fields += "|" + drawn_top(chain.buckets[i].tops[s]);
      const char* colour = chain.moved ? "" : ", style=filled, fillcolor=lightgrey";
      text += "  " + name + " [label=\"" + fields + "\"" + colour + "];\n";
      if (!before.empty()) text += "  " + before + " -> " + name + ";\n";
      before = std::move(name);
    }
  }
  return text + "}\n";
}

}  // namespace holdfast::inline v0::table
