#pragma once

#include "core/http/client.hpp"

#include <curl/curl.h>

namespace alluvium::curl {

/// What libcurl's code means to the program. `answered`: at least one byte of a head had arrived.
[[nodiscard]] http::TransferFailure failure_of(CURLcode code, bool answered);

}  // namespace alluvium::curl
