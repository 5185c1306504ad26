#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::string contents(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void feed(const std::string& bytes) {
  // A copy of the exact size, so that a sanitizer sees one byte too many.
  const std::vector<std::uint8_t> exact(bytes.begin(), bytes.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

}  // namespace

/// Runs a fuzz target over the files of a folder, each whole and cut at every byte: what a fuzzer
/// has found stays found, without a fuzzer. Fails by crashing, or if the folder is empty.
int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s CORPUS-FOLDER\n", argv[0]);
    return 2;
  }
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    const std::string bytes = contents(file);
    for (std::size_t length = 0; length <= bytes.size(); ++length) feed(bytes.substr(0, length));
  }
  std::printf("%zu files\n", files.size());
  return files.empty() ? 1 : 0;
}
