#include "gateway/page/style.hpp"

#include "core/hash/digest.hpp"

namespace alluvium::gateway {

std::string_view page_style() {
  return R"(
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .8rem .25rem 0;
         border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
th { font-weight: 600; }
td { overflow-wrap: anywhere; }
td.number, th.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.trouble { color: #c33; font-weight: 600; }
svg { width: 100%; height: auto; }
)";
}

std::string page_policy() {
  static const std::string policy =
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
      "style-src 'sha256-" +
      hash::base64(hash::sha256(
          {reinterpret_cast<const std::uint8_t*>(page_style().data()), page_style().size()})) +
      "'";
  return policy;
}

}  // namespace alluvium::gateway
