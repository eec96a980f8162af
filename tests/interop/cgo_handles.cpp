// The example in Go, which uses the C face through cgo: built and run by the real Go.
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include <holdfast/base/lang/config.hpp>

namespace {

const char* const go_command = "/usr/lib/go-1.19/bin/go";

// covers hf.resources.c-face
TEST(Cgo, GoKeepsHandlesOfCMemory) {
  if (!std::filesystem::exists(go_command)) GTEST_SKIP() << "no Go 1.19 on this machine";
  if (holdfast::address_sanitizer || holdfast::thread_sanitizer) GTEST_SKIP() << "Go does not link a sanitizer";
  const auto cache = std::filesystem::temp_directory_path() / "holdfast-go-cache";
  const std::string command = "HOME=/tmp GOFLAGS= GO111MODULE=off CGO_ENABLED=1 GOCACHE='" + cache.string() +
                              "' CGO_CFLAGS='-I" HOLDFAST_SOURCE_DIR "' CGO_LDFLAGS='" HOLDFAST_LINKED "' '" +
                              go_command + "' run '" HOLDFAST_SOURCE_DIR "/examples/cgo/main.go' 2>&1";
  std::FILE* const pipe = popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string output;
  std::array<char, 4096> piece;
  while (const std::size_t got = std::fread(piece.data(), 1, piece.size(), pipe)) output.append(piece.data(), got);
  const int status = pclose(pipe);
  EXPECT_EQ(status, 0) << command << '\n' << output;
  EXPECT_NE(output.find("ok: 10000 texts have 10000 handles"), std::string::npos) << output;
}

}  // namespace
