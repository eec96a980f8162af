// Contenders take turns: in every round each runs once, and what is reported is the ratio within rounds.
//
// A machine that slows down for a second slows down everybody in that round, so the ratio stays. The
// order rotates by one each round and is reversed in every other one, so that nobody always runs after
// the same neighbour. Maps of up to a million entries are built anew every fourth round, lest one
// unlucky placement of pages decide a row.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

namespace holdfast::bench {

struct sample {
  double nanoseconds = 0;  // of all operations together
  std::uint64_t operations = 0;
  std::uint64_t checksum = 0;
};

struct contender {
  std::string name;
  std::function<void()> build;  // anew, untimed; may be empty
  std::function<sample()> run;
};

struct timed {
  std::string name;
  std::vector<double> nanoseconds;  // per operation, one for each round
};

struct row {
  std::string question;
  std::string family;
  std::size_t size = 0;
  std::uint64_t operations = 0;  // of one contender in one round
  std::uint64_t checksum = 0;    // of the last round
  std::vector<timed> contenders;
};

struct schedule {
  int rounds = 9;
  int rebuild_every = 4;               // 0: never
  std::function<void()> before_round;  // what all contenders of a round share; may be empty
};

namespace runner {

[[nodiscard]] inline std::size_t turn(std::size_t round, std::size_t place, std::size_t count) {
  const std::size_t forward = (round / 2 + place) % count;
  return round % 2 == 0 ? forward : count - 1 - forward;
}

inline void require_equal(const sample& first, const sample& next, const contender& who, const std::string& question) {
  if (first.checksum == next.checksum && first.operations == next.operations) return;
  std::fprintf(stderr, "bench: %s: %s computed %llx over %llu operations, the others %llx over %llu\n",
               question.c_str(), who.name.c_str(), static_cast<unsigned long long>(next.checksum),
               static_cast<unsigned long long>(next.operations), static_cast<unsigned long long>(first.checksum),
               static_cast<unsigned long long>(first.operations));
  std::exit(1);
}

}  // namespace runner

// Runs one unmeasured round first. A contender whose checksum differs from the others' ends the program.
[[nodiscard]] inline row interleave(row about, const std::vector<contender>& contenders, const schedule& plan) {
  for (const contender& who : contenders) about.contenders.push_back({who.name, {}});
  const std::size_t count = contenders.size();
  for (int round = -1; round < plan.rounds; ++round) {
    const bool rebuild = plan.rebuild_every > 0 && round > 0 && round % plan.rebuild_every == 0;
    if (plan.before_round) plan.before_round();
    sample first;
    for (std::size_t place = 0; place < count; ++place) {
      const std::size_t at = runner::turn(static_cast<std::size_t>(round + 1), place, count);
      if (rebuild && contenders[at].build) contenders[at].build();
      const sample now = contenders[at].run();
      if (place == 0) first = now;
      runner::require_equal(first, now, contenders[at], about.question);
      about.operations = now.operations;
      about.checksum = now.checksum;
      if (round >= 0) about.contenders[at].nanoseconds.push_back(now.nanoseconds / static_cast<double>(now.operations));
    }
  }
  return about;
}

}  // namespace holdfast::bench
