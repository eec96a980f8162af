# The tail of the insert latency and where on the way it comes from, as one PNG.
#
#   gnuplot -e "folder='bench/out/latency/10000000'; entries='10000000'; picture='bench/out/insert_latency.png'" \
#           bench/plot_insert_latency.gp
set terminal pngcairo size 1400,1100 font "sans,11"
set output picture
set multiplot layout 2,1
files = system("ls ".folder."/tail.*.dat")
name(file) = system("basename ".file." .dat | sed 's/^[a-z]*[.]//; s/^_//; s/_$//; s/_/ /g'")
mark(file) = (name(file) eq "holdfast" ? 3 : 1)
colour(n) = n eq "holdfast" ? 0xd00000 : n eq "holdfast go growth" ? 0xff9060 : n eq "holdfast stable" ? 0xf060b0 : \
            n eq "absl flat" ? 0x2060c0 : n eq "absl node" ? 0x70b0f0 : n eq "boost flat" ? 0x209040 : \
            n eq "robin" ? 0x806020 : n eq "std" ? 0x000000 : 0xb0b0b0

set logscale xy
set format y "%.0s %cs"
set grid
set key outside right
set title "how long an insert takes, from empty to ".entries." entries: u64 keys, pointers"
set xlabel "fraction of inserts that take longer"
set xrange [1:1e-8]
set format x "10^{%L}"
set yrange [1e-8:*]
set ylabel "time of one insert"
plot for [file in files] file using 1:($2*1e-9) with lines lw mark(file) lc rgb colour(name(file)) title name(file)

unset logscale x
set xrange [0:*]
set format x "%.0s %c"
set title "the longest insert in each thousandth of the way (each insert at the best of its rounds)"
set xlabel "entries"
files = system("ls ".folder."/walk.*.dat")
plot for [file in files] file using 1:($2*1e-9) with points pt 7 ps 0.3*mark(file) lc rgb colour(name(file)) title name(file)
unset multiplot
