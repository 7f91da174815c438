# Functions of nixpkgs' lib for sets that refer to themselves.
rec {
  fix =
    f:
    let
      self = f self;
    in
    self;
  extends =
    overlay: f: final:
    let
      previous = f final;
    in
    previous // overlay final previous;
  composeExtensions =
    first: second: final: previous:
    let
      one = first final previous;
    in
    one // second final (previous // one);
  composeManyExtensions = builtins.foldl' composeExtensions (_: _: { });

  # A function whose result can be asked for again with other arguments.
  makeOverridable =
    f: arguments:
    let
      result = f arguments;
      override =
        changed:
        makeOverridable f (
          arguments // (if builtins.isFunction changed then changed arguments else changed)
        );
    in
    if builtins.isAttrs result then
      result // { inherit override; }
    else if builtins.isFunction result then
      {
        inherit override;
        __functor = _: result;
        __functionArgs = builtins.functionArgs result;
      }
    else
      result;

  callPackageWith =
    scope: file: given:
    let
      f = if builtins.isFunction file then file else import file;
    in
    makeOverridable f (builtins.intersectAttrs (builtins.functionArgs f) scope // given);
}
