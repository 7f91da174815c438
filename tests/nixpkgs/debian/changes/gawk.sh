# update-alternatives has not run.
ln -s gawk bin/awk
by_loader bin/gawk
