#pragma once

#include <string>
#include <string_view>

namespace alluvium::gateway {

/// How the page looks; stands in a `<style>` of its own.
[[nodiscard]] std::string_view page_style();

/// The value of `Content-Security-Policy` with which a browser takes that style, and nothing else.
[[nodiscard]] std::string page_policy();

}  // namespace alluvium::gateway
