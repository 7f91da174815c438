# Succeeds where what the image starts is there: for images without Python.
{ pkgs, ... }:
{
  root,
  directory, # the working directory
  path, # PATH of the image
  command, # what the image starts
}:
pkgs.runCommand "command-check"
  {
    inherit
      command
      directory
      path
      root
      ;
  }
  ''
    case $command in
      /*) places=$command ;;
      */*) places=$directory/$command ;;
      *) places=$(printf '%s\n' "$path" | tr : '\n' | sed "s#\$#/$command#") ;;
    esac
    for place in $places; do
      if [ -x "$root$place" ] && [ ! -d "$root$place" ]; then
        echo "$place" > "$out"
        exit
      fi
    done
    echo "the image starts '$command', which is not in it (tool.neve.image.entrypoint)" >&2
    exit 1
  ''
