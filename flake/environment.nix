# An interpreter with all that neve and its development need, and `more`.
{
  pyproject,
  python,
  requirements,
  ...
}:
more:
let
  required = requirements (pyproject.project.dependencies ++ pyproject.dependency-groups.dev);
in
{
  inherit (required) programs;
  python = python.withPackages (_: required.packages ++ more);
}
