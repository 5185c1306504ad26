#pragma once

#include "core/hash/tree.hpp"
#include "core/media/file_facts.hpp"

#include <filesystem>

namespace alluvium::broadcaster {

/// Writes `PATH.thex`, the raw leaf row, and `PATH.thex.json`, length, type, duration and seconds,
/// beside the file. What is right already is not touched. Throws std::runtime_error with one
/// sentence.
void write_sidecars(const std::filesystem::path& path, const hash::LeafRow& row,
                    const media::FileFacts& facts);

}  // namespace alluvium::broadcaster
