# What is built from source for each system, and the wheels that its build backend needs.
{
  x86_64-linux = {
    project = [
    ];
    sdists = [
    ];
  };
  aarch64-linux = {
    project = [
    ];
    sdists = [
    ];
  };
}
