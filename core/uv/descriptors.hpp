#pragma once

namespace alluvium::uv {

/// Raises the soft limit of open files to the hard one: the usual soft limit of 1,024 is below the
/// connections that our servers grant. Best effort.
void raise_descriptor_limit();

}  // namespace alluvium::uv
