# The library: one directory a base of images, and what they share.
{
  debian = import ./debian;
  nixpkgs = import ./nixpkgs;
}
