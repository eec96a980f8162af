// The designs that the articles compare, as C++ has them, and ours in their places.
//
// A design is a map from texts to users with
//
//   static constexpr const char* name
//   std::uint64_t read(const std::string&)         a field of what is there, while nobody can take it away; 0: absent
//   void write(const std::string&, std::uint64_t)  another user in its place
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include <holdfast/base/hash/fnv1a.hpp>
#include <holdfast/concurrent/locked_map.hpp>
#include <holdfast/concurrent/pointer_cache.hpp>
#include <holdfast/concurrent/sharded_map.hpp>
#include <holdfast/concurrent/sync_map.hpp>

namespace holdfast::bench {

struct user {
  std::string name;
  std::uint64_t age = 0;

  explicit user(std::uint64_t number) : name("user"), age(number) {}
};

// Go's map of pointers under one lock.
template <class Lock, template <class> class ReadLock>
class guarded_pointers {
 public:
  std::uint64_t read(const std::string& key) {
    const ReadLock<Lock> hold(lock_);
    const auto found = users_.find(key);
    return found == users_.end() ? 0 : found->second->age;
  }
  void write(const std::string& key, std::uint64_t number) {
    auto fresh = std::make_unique<user>(number);
    const std::unique_lock<Lock> hold(lock_);
    std::swap(users_[key], fresh);
  }

 private:
  Lock lock_;
  std::unordered_map<std::string, std::unique_ptr<user>> users_;
};
struct mutex_and_map : guarded_pointers<std::mutex, std::unique_lock> {
  static constexpr const char* name = "std::mutex + unordered_map";
};
struct rw_mutex_and_map : guarded_pointers<std::shared_mutex, std::shared_lock> {
  static constexpr const char* name = "std::shared_mutex + unordered_map";
};

// Ours: users inside the map, read where they are by a pin.
template <class Map>
class pinned_users {
 public:
  std::uint64_t read(const std::string& key) {
    const auto found = users_.pin(key);
    return found ? found->age : 0;
  }
  void write(const std::string& key, std::uint64_t number) { users_.store(key, user(number)); }

 private:
  Map users_;
};
struct pinned_sync_map : pinned_users<sync_map<std::string, user>> {
  static constexpr const char* name = "sync_map";
};
struct pinned_locked_map : pinned_users<locked_map<std::string, user>> {
  static constexpr const char* name = "locked_map";
};
// 32 shards by FNV-1a, as in the article.
struct pinned_sharded_map : pinned_users<sharded_map<std::string, user, fnv1a>> {
  static constexpr const char* name = "sharded_map, fnv1a";
};

class cached_users {
 public:
  static constexpr const char* name = "pointer_cache";
  std::uint64_t read(const std::string& key) {
    const auto found = users_.load(key);
    return found ? found->age : 0;
  }
  void write(const std::string& key, std::uint64_t number) { users_.store(key, std::make_unique<user>(number)); }

 private:
  pointer_cache<std::string, user> users_;
};

// Each read copies the user.
class copied_users {
 public:
  static constexpr const char* name = "sync_map, copied out";
  std::uint64_t read(const std::string& key) {
    const auto found = users_.load(key);
    return found ? found->age : 0;
  }
  void write(const std::string& key, std::uint64_t number) { users_.store(key, user(number)); }

 private:
  sync_map<std::string, user> users_;
};

// A number under each key.
template <class Map>
class numbers_in {
 public:
  std::uint64_t read(const std::string& key) { return map_.load(key).value_or(0); }
  void write(const std::string& key, std::uint64_t number) { map_.store(key, number); }

 private:
  Map map_;
};
struct numbers_in_sync_map : numbers_in<sync_map<std::string, std::uint64_t>> {
  static constexpr const char* name = "sync_map";
};
struct numbers_in_locked_map : numbers_in<locked_map<std::string, std::uint64_t>> {
  static constexpr const char* name = "locked_map";
};

}  // namespace holdfast::bench
