// The C face: the same registry, with numbers and error codes. examples/c_memory compiles it as C11.
#include <holdfast/lifetime/holdfast.h>

#include <cstdlib>
#include <set>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <holdfast/lifetime/resource_registry.hpp>

#include "tests/unit/lifetime/refusals.hpp"

namespace {

using testing::HasSubstr;

int freed;
void count_free(void* context, void*, std::size_t size) {
  ++freed;
  if (context != nullptr) *static_cast<std::size_t*>(context) = size;
}

class CFace : public testing::Test {
 protected:
  void SetUp() override { freed = 0; }
  holdfast_handle adopt(void* pointer, std::size_t size = 4) {
    holdfast_handle handle = 0;
    EXPECT_EQ(holdfast_adopt(pointer, size, count_free, &told_size, "number", &handle), holdfast_ok);
    return handle;
  }
  int number = 7;
  std::size_t told_size = 0;
};

// covers hf.resources.c-face, contract C6, T119
TEST_F(CFace, CountsAndFreesOnce) {
  const std::size_t before = holdfast_live();
  const holdfast_handle handle = adopt(&number, 12);
  ASSERT_NE(handle, 0u);
  EXPECT_EQ(holdfast_live(), before + 1);
  EXPECT_EQ(holdfast_share(handle), holdfast_ok);
  EXPECT_EQ(holdfast_release(handle), holdfast_ok);
  EXPECT_EQ(freed, 0);
  EXPECT_EQ(holdfast_release(handle), holdfast_ok);
  EXPECT_EQ(freed, 1);
  EXPECT_EQ(told_size, 12u);
  EXPECT_EQ(holdfast_live(), before);
}

// covers hf.resources.c-face, contract C6, T120
TEST_F(CFace, RefusesWhatIsNoHandle) {
  const holdfast_handle handle = adopt(&number);
  EXPECT_EQ(holdfast_release(0), holdfast_invalid);
  EXPECT_EQ(holdfast_release(handle + (std::uint64_t{1} << 32)), holdfast_invalid);
  EXPECT_EQ(holdfast_share(0), holdfast_invalid);
  EXPECT_EQ(holdfast_fault(handle), holdfast_ok) << "it stays usable";
  EXPECT_EQ(holdfast_release(handle), holdfast_ok);
  EXPECT_EQ(holdfast_release(handle), holdfast_stale);
  EXPECT_EQ(holdfast_share(handle), holdfast_stale);
  EXPECT_EQ(holdfast_close(handle), holdfast_stale);
  holdfast_use use;
  EXPECT_EQ(holdfast_begin(handle, &use), holdfast_stale);
  EXPECT_EQ(use.pointer, nullptr);
  EXPECT_EQ(freed, 1);
  holdfast_handle none = 1;
  EXPECT_EQ(holdfast_adopt(nullptr, 0, nullptr, nullptr, nullptr, &none), holdfast_invalid);
  EXPECT_EQ(none, 0u);
}

// covers hf.resources.c-face
TEST_F(CFace, AUseKeepsTheResourceAndMayEndOnAnotherThread) {
  const holdfast_handle handle = adopt(&number, 4);
  holdfast_use use;
  ASSERT_EQ(holdfast_begin(handle, &use), holdfast_ok);
  EXPECT_EQ(use.pointer, &number);
  EXPECT_EQ(use.size, 4u);
  EXPECT_EQ(holdfast_release(handle), holdfast_ok);
  EXPECT_EQ(holdfast_drain(), 1u);
  EXPECT_EQ(freed, 0);
  std::thread([&] { holdfast_end(&use); }).join();
  EXPECT_EQ(holdfast_drain(), 0u);
  EXPECT_EQ(freed, 1);
}

// covers hf.resources.c-face
TEST_F(CFace, ClosesNotesAndReacts) {
  const holdfast::tests::refusals said;
  holdfast_handle handle = adopt(&number);
  EXPECT_EQ(holdfast_close(handle), holdfast_ok);
  EXPECT_EQ(holdfast_share(handle), holdfast_closing);
  EXPECT_EQ(holdfast_release(handle), holdfast_ok);
  holdfast_react(holdfast_heal_freed);
  handle = adopt(&number);
  EXPECT_EQ(holdfast_note_freed(&number), 1);
  EXPECT_EQ(holdfast_fault(handle), holdfast_ok);
  EXPECT_EQ(holdfast_release(handle), holdfast_ok);
  EXPECT_EQ(freed, 2);
  holdfast_react(holdfast_report_freed);
  handle = adopt(&number);
  EXPECT_EQ(holdfast_note_freed(&number), 0);
  EXPECT_EQ(holdfast_fault(handle), holdfast_freed);
  EXPECT_EQ(holdfast_release(handle), holdfast_ok);
  EXPECT_EQ(freed, 2);
  EXPECT_EQ(holdfast_note_freed(&number), 0) << "nobody's";
  EXPECT_EQ(said.texts().size(), 2u);
}

// covers hf.resources.c-face
TEST_F(CFace, AdoptsWithAllThatCanBeTold) {
  const holdfast::tests::refusals said;
  holdfast_adoption how = {};
  how.name = "told";
  how.tag = 3;
  how.file = "maker.c";
  how.function = "make";
  how.line = 12;
  how.size = 4;
  holdfast_handle handle = 0;
  ASSERT_EQ(holdfast_adopt_as(&number, &how, &handle), holdfast_ok);
  EXPECT_EQ(holdfast_report_leaks(), holdfast_live());
  ASSERT_EQ(said.texts().size(), 1u);
  EXPECT_THAT(said.texts()[0], HasSubstr("\"told\" tag 3, 4 bytes at 0x"));
  EXPECT_THAT(said.texts()[0], HasSubstr("at maker.c:12 make"));
  EXPECT_EQ(holdfast_release(handle), holdfast_ok) << "without a free function there is nothing to do";
}

// covers hf.resources.c-face
TEST_F(CFace, CAndCppSeeTheSameHandles) {
  auto& registry = holdfast::default_registry();
  const holdfast_handle handle = adopt(&number);
  EXPECT_TRUE(registry.with<int>(holdfast::resource_handle::from_bits(handle), [](int* one) { *one = 8; }));
  EXPECT_EQ(number, 8);
  holdfast::resource_registry other;
  const auto foreign = other.adopt(&number, holdfast::adoption{});
  EXPECT_EQ(holdfast_share(foreign.handle().bits()), holdfast_foreign);
  registry.attach(holdfast::resource_handle::from_bits(handle)).reset();
  EXPECT_EQ(holdfast_drain(), 0u);
  EXPECT_EQ(freed, 1);
}

TEST_F(CFace, EachErrorHasItsText) {
  std::set<std::string> texts;
  for (int error = holdfast_ok; error <= holdfast_no_memory; ++error)
    texts.insert(holdfast_strerror(static_cast<holdfast_error>(error)));
  EXPECT_EQ(texts.size(), 8u);
}

}  // namespace
