# Functions of nixpkgs' lib on lists, under its names and with its meaning (test_lib.py compares the two).
let
  inherit (builtins)
    concatLists
    elem
    elemAt
    filter
    foldl'
    genList
    isList
    length
    ;

  at =
    list: from: count:
    genList (n: elemAt list (from + n)) count;
  least = a: b: if a < b then a else b;
  positive = n: if n < 0 then 0 else n;
in
rec {
  inherit (builtins)
    all
    any
    concatLists
    concatMap
    elem
    elemAt
    filter
    foldl'
    genList
    groupBy
    head
    isList
    length
    partition
    sort
    tail
    ;

  singleton = value: [ value ];
  toList = value: if isList value then value else [ value ];
  optional = condition: value: if condition then [ value ] else [ ];
  optionals = condition: values: if condition then values else [ ];
  range = first: last: genList (n: first + n) (positive (last - first + 1));
  take = count: list: at list 0 (least (positive count) (length list));
  drop =
    count: list:
    at list (least (positive count) (length list)) (positive (length list - positive count));
  last = list: elemAt list (length list - 1);
  init = list: at list 0 (length list - 1);
  reverseList = list: genList (n: elemAt list (length list - 1 - n)) (length list);
  imap0 = f: list: genList (n: f n (elemAt list n)) (length list);
  imap1 = f: imap0 (n: f (n + 1));
  flatten = value: if isList value then concatLists (map flatten value) else [ value ];
  unique = foldl' (found: value: if elem value found then found else found ++ [ value ]) [ ];
  remove = value: filter (other: other != value);
  subtractLists = without: filter (value: !elem value without);
  intersectLists = others: filter (value: elem value others);
  findFirst =
    wanted: default: list:
    let
      found = filter wanted list;
    in
    if found == [ ] then default else builtins.head found;
  zipListsWith =
    f: a: b:
    genList (n: f (elemAt a n) (elemAt b n)) (least (length a) (length b));
  zipLists = zipListsWith (fst: snd: { inherit fst snd; });
  foldr =
    f: start: list:
    let
      step = n: if n == length list then start else f (elemAt list n) (step (n + 1));
    in
    step 0;
  sortOn =
    key: list:
    map (pair: pair.value) (
      builtins.sort (a: b: a.key < b.key) (
        map (value: {
          inherit value;
          key = key value;
        }) list
      )
    );
}
