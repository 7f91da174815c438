# The loader looks in its own store path and nowhere else, as nixpkgs' does; Debian's has its directories compiled in.
# The first becomes the root under a long name (its length is part of the code), the second the store path, and the
# others the root again. The second takes more room than it had: what follows is padding, which is looked at first.
if [ "$triplet" = x86_64-linux-gnu ]; then # only this machine's code is known here
  file=lib/ld-linux-x86-64.so.2
  chmod u+w "$file"
  hexadecimal() { od -An -v -tx1 | tr -d ' \n'; }
  place() { # the offset of the bytes (a pattern of hexadecimal digits) in $file
    hexadecimal < "$file" | awk -v pattern="$1" '{
      for (at = 1; match(substr($0, at), pattern); at += RSTART)
        if ((at + RSTART) % 2 == 0) { print (at + RSTART - 2) / 2; exit }
    }'
  }
  write() { dd of="$file" bs=1 seek="$1" conv=notrunc 2> /dev/null; }
  own=$out/lib/
  before=$(printf '/lib/%s/\0/usr/lib/%s/\0/lib/\0/usr/lib/\0' "$triplet" "$triplet" | hexadecimal)
  after=$(printf '//////////////////////\0%s\0/\0/\0' "$own" | hexadecimal)
  padding=$(printf "%0$((${#after} - ${#before}))d" 0)
  texts=$(place "$before$padding")
  lengths=$(place 16000000000000001a0000000000000005000000000000000900000000000000)
  longest=$(place 48c705........1a000000) # an instruction: the length of the longest goes into a variable
  if [ -z "$texts" ] || [ -z "$lengths" ] || [ -z "$longest" ]; then
    echo "the loader of this glibc is not the one that this script knows" >&2
    exit 1
  fi
  octal=$(printf '\\%03o' ${#own})
  zeros='\0\0\0\0\0\0\0'
  printf '//////////////////////\0%s\0/\0/\0' "$own" | write "$texts"
  printf "$octal$zeros\001$zeros\001$zeros" | write $((lengths + 8))
  printf "$octal" | write $((longest + 7))
fi
