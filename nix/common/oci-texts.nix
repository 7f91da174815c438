# The JSON that an OCI image layout is made of (image-spec 1.1), as oci.sh takes it.
{
  config, # the image configuration without `rootfs` and `history`
  annotations, # of the manifest
  names, # of the layers, bottom to top
}:
{
  config = builtins.toJSON config;
  annotations = builtins.toJSON annotations;
  histories = builtins.toJSON (
    map (name: {
      inherit (config) created;
      created_by = "neve: ${name}";
    }) names
  );
  platform = builtins.toJSON (
    { inherit (config) architecture os; } // (if config ? variant then { inherit (config) variant; } else { })
  );
}
