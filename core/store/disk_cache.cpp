#include "core/store/disk_cache.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace alluvium::store {

namespace {

constexpr std::uint64_t max_record_bytes = 8 * 1024 * 1024;
constexpr std::size_t length_bytes = 8;

Error system_error(std::string_view what) {
  return Error{std::string(what) + ": " + std::strerror(errno)};
}

/// An open file that is closed with its scope.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] bool ok() const { return fd_ >= 0; }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

bool write_all(int fd, ByteView bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
  return true;
}

bool read_all(int fd, std::span<std::uint8_t> bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t n = ::pread(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
  return true;
}

Bytes with_length(std::uint64_t length, ByteView row) {
  Bytes bytes;
  for (std::size_t i = 0; i < length_bytes; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(length >> (8 * i)));
  }
  bytes.insert(bytes.end(), row.begin(), row.end());
  return bytes;
}

std::string record_name(std::string_view key) {
  return hash::hex(hash::sha256(as_bytes(key))) + ".record";
}

}  // namespace

Result<std::unique_ptr<DiskCache>> DiskCache::open(const std::string& folder) {
  const auto unusable = [&] {
    return Error{"the cache folder " + printable(folder) +
                 " cannot be used: " + std::strerror(errno)};
  };
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return unusable();
  // Made by us or not, what is in it is nobody else's business.
  (void)::fchmod(fd, 0700);
  const int lock = ::openat(fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (lock < 0) {
    const Error reason = unusable();
    ::close(fd);
    return reason;
  }
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    ::close(lock);
    ::close(fd);
    return Error{"the cache folder " + printable(folder) + " is in use by another program"};
  }
  return std::unique_ptr<DiskCache>(new DiskCache(fd, lock));
}

DiskCache::~DiskCache() {
  ::close(lock_);
  ::close(folder_);
}

std::vector<FileOnDisk> DiskCache::load() {
  struct Aged {
    FileOnDisk file;
    timespec used;
  };
  std::vector<Aged> found;
  std::vector<std::string> names;
  const int copy = ::openat(folder_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* listing = copy >= 0 ? ::fdopendir(copy) : nullptr;
  if (listing == nullptr) return {};
  while (const dirent* entry = ::readdir(listing)) names.emplace_back(entry->d_name);
  ::closedir(listing);

  for (const std::string& name : names) {
    if (!name.ends_with(".row")) continue;
    const auto digest = hash::digest_from_hex(std::string_view(name).substr(0, name.size() - 4));
    if (!digest) continue;
    const hash::TreeRoot root{*digest};
    auto file = load_file(root);
    struct stat chunks {};
    struct stat held {};
    if (!file || !is_ordinary(root, ".chunks", chunks) || !is_ordinary(root, ".held", held)) {
      remove(root);
      continue;
    }
    found.push_back({std::move(*file), held.st_mtim});
  }
  std::sort(found.begin(), found.end(), [](const Aged& a, const Aged& b) {
    return std::pair(a.used.tv_sec, a.used.tv_nsec) < std::pair(b.used.tv_sec, b.used.tv_nsec);
  });
  std::vector<FileOnDisk> files;
  for (auto& aged : found) files.push_back(std::move(aged.file));
  return files;
}

bool DiskCache::is_ordinary(const hash::TreeRoot& root, std::string_view ending,
                            struct stat& status) const {
  const std::string name = hash::hex(root.digest) + std::string(ending);
  return ::fstatat(folder_, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISREG(status.st_mode);
}

std::optional<FileOnDisk> DiskCache::load_file(const hash::TreeRoot& root) {
  const std::string stem = hash::hex(root.digest);
  const auto raw =
      read_whole(stem + ".row", length_bytes + hash::leaf_row_bytes(hash::max_file_bytes));
  if (!raw || raw->size() < length_bytes) return std::nullopt;
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < length_bytes; ++i) length |= std::uint64_t{(*raw)[i]} << (8 * i);
  auto row = hash::LeafRow::parse(ByteView(*raw).subspan(length_bytes), root, length);
  if (!row) return std::nullopt;
  FileOnDisk file{std::make_shared<const hash::LeafRow>(std::move(*row)), {}};
  file.map = ChunkMap(file.row->layout().count());
  const auto held = read_whole(stem + ".held", file.map.size());
  for (std::uint32_t i = 0; held && i < held->size(); ++i) {
    if ((*held)[i] == 1) file.map.set({i});
  }
  return file;
}

Status DiskCache::write(const hash::LeafRow& row, hash::ChunkIndex index, ByteView chunk) {
  const std::string stem = hash::hex(row.root().digest);
  if (::faccessat(folder_, (stem + ".row").c_str(), F_OK, AT_SYMLINK_NOFOLLOW) != 0) {
    const Status written =
        write_atomically(stem + ".row", with_length(row.layout().length(), row.raw()));
    if (!written) return written;
  }
  const int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
  const Descriptor chunks(::openat(folder_, (stem + ".chunks").c_str(), flags, 0600));
  if (!chunks.ok() || !write_all(chunks.get(), chunk, index.value * hash::chunk_bytes)) {
    return system_error("a chunk cannot be written to the cache");
  }
  const Descriptor held(::openat(folder_, (stem + ".held").c_str(), flags, 0600));
  const std::uint8_t mark = 1;
  if (!held.ok() || !write_all(held.get(), ByteView(&mark, 1), index.value)) {
    return system_error("a chunk cannot be noted in the cache");
  }
  return {};
}

std::optional<Bytes> DiskCache::read(const hash::LeafRow& row, hash::ChunkIndex index) {
  const std::string name = hash::hex(row.root().digest) + ".chunks";
  const Descriptor file(::openat(folder_, name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.ok()) return std::nullopt;
  Bytes chunk(row.layout().bytes_of(index).size());
  if (!read_all(file.get(), chunk, index.value * hash::chunk_bytes)) return std::nullopt;
  if (!row.verifies(index, chunk)) return std::nullopt;
  return chunk;
}

void DiskCache::remove(const hash::TreeRoot& root) {
  for (const auto* ending : {".held", ".chunks", ".row"}) {
    ::unlinkat(folder_, (hash::hex(root.digest) + ending).c_str(), 0);
  }
}

Status DiskCache::write_record(std::string_view key, std::string_view text) {
  return write_atomically(record_name(key), as_bytes(text));
}

std::optional<std::string> DiskCache::read_record(std::string_view key) {
  const auto bytes = read_whole(record_name(key), max_record_bytes);
  if (!bytes) return std::nullopt;
  return to_string(*bytes);
}

Status DiskCache::write_atomically(const std::string& name, ByteView bytes) {
  const std::string temporary = name + ".new";
  {
    const Descriptor file(::openat(folder_, temporary.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.ok() || !write_all(file.get(), bytes, 0)) {
      return system_error("the cache cannot be written");
    }
  }
  if (::renameat(folder_, temporary.c_str(), folder_, name.c_str()) != 0) {
    return system_error("the cache cannot be written");
  }
  return {};
}

std::optional<Bytes> DiskCache::read_whole(const std::string& name, std::uint64_t limit) {
  const Descriptor file(::openat(folder_, name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat status {};
  if (!file.ok() || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return std::nullopt;
  }
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > limit) return std::nullopt;
  Bytes bytes(size);
  if (!read_all(file.get(), bytes, 0)) return std::nullopt;
  return bytes;
}

}  // namespace alluvium::store
