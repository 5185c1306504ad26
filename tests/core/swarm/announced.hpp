#pragma once

#include "tests/support/media_sample.hpp"

#include <string>

#include <nlohmann/json.hpp>

namespace alluvium::test {

/// What an announcement with that body says that its sender has of a file; "-" if nothing.
inline std::string announced(const std::string& body, const MediaSample& file) {
  const auto json = nlohmann::json::parse(body);
  for (const auto& holding : json.at("holdings")) {
    if (holding.at("urn") == file.root().urn()) return holding.at("available");
  }
  return "-";
}

}  // namespace alluvium::test
