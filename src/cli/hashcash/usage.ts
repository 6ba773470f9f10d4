/** What `-h` prints. */
export const USAGE = `
stampmill hashcash takes the options of hashcash(1) 1.22:

  mint      hashcash -m [-b BITS] [options] RESOURCE ...
  check     hashcash -cd -b BITS -r RESOURCE [options] [STAMP ...]
  purge     hashcash -p now [-f FILE]
  speed     hashcash -s [-b BITS]
  look      hashcash -n -w -l [STAMP ...]

  -b BITS    bits to mint, or to ask for: N, default (20), +N, -N
  -r NAME    resource to mint for, or that a stamp must pay for
  -d         refuse stamps that were spent, and record this one
  -f FILE    where spent stamps are kept (hashcash.sdb), or redis://HOST
  -e PERIOD  how long stamps are good (28d); 0 for ever
  -g PERIOD  how far clocks may differ (2d)
  -t TIME    the time to go by: YYMMDD[hhmm[ss]], +PERIOD, -PERIOD
  -u         that time is in UTC
  -M -S -E   -r are wildcards (as if not given), texts, regular expressions
  -C         upper and lower case differ
  -o         the -r before overrides the next
  -y         exit 0 for a stamp that is good though not fully checked
  -X         mail headers, out or in; -i: in the body too
  -n -w -l   print a stamp's resource, its bits, the seconds that are left
  -p now     remove what expired from the database (a period is taken, too)
  -x EXT     extension field   -z 6|10|12  digits of the date
  -a PERIOD  date it at random up to so much later, or earlier if negative
  -Z 0|1|2   0: found soonest; 1, 2: short
  -P         show progress     -q  quiet     -v  verbose
  -V         version           -h  this
  -O N, -j NAME, -k  are taken and change nothing

Options hold for the resources after them. A period is a number and s m h d w M
or y. Exit codes: 0 good, or done; 1 no good stamp; 2 good but not fully checked
(-b, -r and -d); 3 wrong usage, or something failed.

docs/hashcash.md says where this differs from hashcash(1), and why.
`;
