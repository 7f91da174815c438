# Reads maintainer scripts, prints "LINK PATH PRIORITY" for each `update-alternatives --install` with literal words,
# its slaves with the priority of their master (update-alternatives(1)).
{
  line = line $0
  if (sub(/\\$/, " ", line)) next
  text = line
  line = ""
  if (text !~ /update-alternatives/ || text !~ /--install/) next
  gsub(/["']/, "", text)
  count = split(text, word, /[ \t]+/)
  for (i = 1; i <= count; i++) {
    if (word[i] == "--install" && i + 4 <= count) {
      link = word[i + 1]; path = word[i + 3]; priority = word[i + 4]
    } else if (word[i] == "--slave" && i + 3 <= count) {
      link = word[i + 1]; path = word[i + 3]
    } else continue
    if (link ~ /^\/[A-Za-z0-9_.+\/-]+$/ && path ~ /^\/[A-Za-z0-9_.+:\/-]+$/ && priority ~ /^[0-9]+$/) print link, path, priority
  }
}
