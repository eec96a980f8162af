#include <holdfast/base/sync/misuse.hpp>

#include <gtest/gtest.h>

namespace {

using holdfast::misuse;
using holdfast::operation;

// covers hf.sync.gos-first-lines
TEST(Misuse, UsesGosWords) {
  EXPECT_STREQ(first_line_of(misuse::writes), "fatal error: concurrent map writes");
  EXPECT_STREQ(first_line_of(misuse::read_and_write), "fatal error: concurrent map read and map write");
  EXPECT_STREQ(first_line_of(misuse::iteration_and_write), "fatal error: concurrent map iteration and map write");
  EXPECT_STREQ(first_line_of(misuse::clone_and_write), "fatal error: concurrent map clone and map write");
}

TEST(Misuse, FollowsFromWhatTheSecondThreadDid) {
  EXPECT_EQ(holdfast::misuse_of(operation::read), misuse::read_and_write);
  EXPECT_EQ(holdfast::misuse_of(operation::iterate), misuse::iteration_and_write);
  EXPECT_EQ(holdfast::misuse_of(operation::clone), misuse::clone_and_write);
  for (const operation write : {operation::none, operation::insert, operation::assign, operation::erase,
                                operation::clear, operation::grow, operation::swap})
    EXPECT_EQ(holdfast::misuse_of(write), misuse::writes);
}

}  // namespace
