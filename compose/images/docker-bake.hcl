# Equivalents of the official images, made from Debian packages under the official names, for places where the official
# ones cannot be had. `labcheck images build` calls this file; debian:trixie-slim comes first, from debian/build.sh.

variable "TOOLCHAIN" {
  # The folder that `rustc --print sysroot` prints, for the rust image only.
  default = ""
}
variable "RUST_VERSION" {
  # 1.95.0, say.
  default = ""
}
variable "RUST_HOST" {
  # The `host:` line of `rustc -vV`, which names a folder of the toolchain.
  default = ""
}

group "default" {
  targets = ["mariadb", "phpmyadmin", "nginx"]
}

target "mariadb" {
  context = "mariadb"
  tags = ["mariadb:11.8"]
}
target "phpmyadmin" {
  context = "phpmyadmin"
  tags = ["phpmyadmin:5.2"]
}
target "nginx" {
  context = "nginx"
  tags = ["nginx:1.26"]
}
target "rust" {
  context = "rust"
  contexts = { toolchain = TOOLCHAIN }
  args = { RUST_VERSION = RUST_VERSION, HOST = RUST_HOST }
  tags = ["rust:1.95-slim"]
}
target "postgres" {
  context = "postgres"
  tags = ["postgres:17"]
}
