# What Debian's names are here: `instead` the attribute paths to look for, the first that the release has;
# `needless` why nothing is to be named at all.
{
  instead = builtins.mapAttrs (_: names: if builtins.isList names then names else [ names ]) {
    awk = "gawk";
    bsdtar = "libarchive";
    build-essential = "gcc";
    clang-format = "clang-tools";
    default-jdk = "jdk";
    default-jre = "jre";
    "g++" = "gcc";
    golang = "go";
    golang-go = "go";
    grep = "gnugrep";
    iputils-ping = "iputils";
    libcairo2 = "cairo";
    libcurl4 = "curl";
    libegl1 = "libglvnd";
    libffi-dev = "libffi";
    libffi8 = "libffi";
    libfontconfig1 = "fontconfig";
    libfreetype6 = "freetype";
    libgdal-dev = "gdal";
    libgeos-dev = "geos";
    libgl1 = "libglvnd";
    libgl1-mesa-glx = "libglvnd";
    "libglib2.0-0" = "glib";
    "libglib2.0-0t64" = "glib";
    libhdf5-dev = "hdf5";
    libice6 = [
      "libice"
      "xorg.libICE"
    ];
    libjpeg-dev = "libjpeg";
    libmagic1 = "file";
    libmariadb-dev = "libmysqlclient";
    libopenblas0 = "openblas";
    "libpango-1.0-0" = "pango";
    libpng16-16 = "libpng";
    libpq-dev = [
      "libpq"
      "postgresql"
    ];
    libpq5 = [
      "libpq"
      "postgresql"
    ];
    libsm6 = [
      "libsm"
      "xorg.libSM"
    ];
    libsndfile1 = "libsndfile";
    libssl-dev = "openssl";
    libssl3 = "openssl";
    libx11-6 = [
      "libx11"
      "xorg.libX11"
    ];
    libxext6 = [
      "libxext"
      "xorg.libXext"
    ];
    libxml2-dev = "libxml2";
    libxrender1 = [
      "libxrender"
      "xorg.libXrender"
    ];
    libxslt1-dev = "libxslt";
    make = "gnumake";
    ninja-build = "ninja";
    openssh-client = "openssh";
    patch = "gnupatch";
    pkgconf = "pkg-config";
    poppler-utils = [
      "poppler-utils"
      "poppler_utils"
    ];
    portaudio19-dev = "portaudio";
    postgresql-client = "postgresql";
    protobuf-compiler = "protobuf";
    redis-tools = "redis";
    sed = "gnused";
    sqlite3 = "sqlite";
    tar = "gnutar";
    tesseract-ocr = "tesseract";
    unixodbc-dev = [
      "unixodbc"
      "unixODBC"
    ];
    xz-utils = "xz";
    zlib1g = "zlib";
    zlib1g-dev = "zlib";
  };
  needless = {
    ca-certificates = "every image has certificates";
    libc6 = "every image has a C library";
    libc6-dev = "the compiler brings its headers";
    libgcc-s1 = "wheels find the compiler's libraries";
    libgomp1 = "wheels find the compiler's libraries";
    "libstdc++6" = "wheels find the compiler's libraries";
    nvidia-cuda-toolkit = "tool.neve.cuda.toolkit names the components";
    python3-dev = "the interpreter brings its headers";
    python3-pip = "uv installs what uv.lock names";
    python3-venv = "the environment is at /opt/venv";
  };
}
