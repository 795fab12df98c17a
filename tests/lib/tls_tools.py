"""What the tests of TLS share: certificates, good and bad; a siagad that speaks TLS; a server that should not
be trusted; and a tunnel, so that who speaks plain text can talk to a siagad that does not.
"""

import os
import select
import shutil
import socket
import ssl
import subprocess
import threading
import time

from siaga_test import SIAGAD, SLOW, Siagad, check_eq, environment, eventually, scope

OPENSSL = shutil.which("openssl")


class Certificates:
    """A folder that `siagad cert` filled."""

    def __init__(self, *hosts, clients=(), days=None):
        self.dir = os.path.join(scope.folder(), "certificates")
        words = [SIAGAD, "cert", "--out", self.dir]
        for host in hosts or ("localhost", "127.0.0.1", "::1"):
            words += ["--host", host]
        for client in clients:
            words += ["--client", client]
        if days is not None:
            words += ["--days", str(days)]
        done = subprocess.run(words, env=environment(self.dir), capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL, timeout=20 * SLOW)
        check_eq(done.returncode, 0, done.stderr)
        self.said = done.stderr

    def path(self, name):
        return os.path.join(self.dir, name)

    @property
    def ca(self):
        return self.path("ca.pem")

    @property
    def server(self):
        return self.path("server.pem"), self.path("server.key")

    def client(self, name):
        return self.path("client-%s.pem" % name), self.path("client-%s.key" % name)

    def sign(self, name, begins, ends, san="DNS:localhost,IP:127.0.0.1", usage="serverAuth"):
        """A certificate of this CA that siagad would not make; times as YYYYMMDDHHMMSSZ."""
        folder = scope.folder()
        config = os.path.join(folder, "ca.cnf")
        with open(config, "w", encoding="ascii") as file:
            file.write(
                "[ca]\ndefault_ca = d\n[d]\nnew_certs_dir = %s\ndatabase = %s/index\nrand_serial = yes\n"
                "default_md = sha256\npolicy = p\nunique_subject = no\nx509_extensions = x\n[p]\ncommonName = supplied\n"
                "[x]\nsubjectAltName = %s\nextendedKeyUsage = %s\nkeyUsage = digitalSignature\n"
                "[req]\ndistinguished_name = n\n[n]\n" % (folder, folder, san, usage)
            )
        open(os.path.join(folder, "index"), "w", encoding="ascii").close()
        pem, key = self.path(name + ".pem"), self.path(name + ".key")
        request = os.path.join(folder, "request")
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                "-out", request, "-subj", "/CN=" + name, "-config", config)
        openssl("ca", "-batch", "-notext", "-config", config, "-cert", self.ca, "-keyfile", self.path("ca.key"),
                "-in", request, "-out", pem, "-startdate", begins, "-enddate", ends)
        os.chmod(key, 0o600)
        return pem, key


def openssl(*words):
    done = subprocess.run([OPENSSL, *words], capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, timeout=20 * SLOW)
    check_eq(done.returncode, 0, "openssl %s: %s" % (words[0], done.stderr))
    return done.stdout


def make_chain(order, days=(90, 90)):
    """A certificate signed by one between it and the CA, in one file with what `order` says of server, between
    and root; good for so many days, the one between first. (file, key, the CA's file)."""
    folder = scope.folder()
    for name, by, good in (("root", None, 365), ("between", "root", days[0]), ("server", "between", days[1])):
        path = os.path.join(folder, name)
        words = ["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                 "/CN=the " + name, "-keyout", path + ".key", "-addext",
                 "basicConstraints=critical,CA:" + ("FALSE" if name == "server" else "TRUE")]
        if name == "server":
            words += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        if by is None:
            openssl(*words, "-x509", "-days", str(good), "-out", path + ".pem")
        else:
            signer = os.path.join(folder, by)
            openssl(*words, "-out", path + ".csr")
            openssl("x509", "-req", "-in", path + ".csr", "-CA", signer + ".pem", "-CAkey", signer + ".key",
                    "-CAcreateserial", "-copy_extensions", "copy", "-days", str(good), "-out", path + ".pem")
        os.chmod(path + ".key", 0o600)
    chain = os.path.join(folder, "chain.pem")
    with open(chain, "w", encoding="ascii") as file:
        for name in order:
            with open(os.path.join(folder, name + ".pem"), encoding="ascii") as part:
                file.write(part.read())
    return chain, os.path.join(folder, "server.key"), os.path.join(folder, "root.pem")


def self_signed(name="localhost"):
    folder = scope.folder()
    pem, key = os.path.join(folder, "self.pem"), os.path.join(folder, "self.key")
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
            "-out", pem, "-days", "5", "-subj", "/CN=" + name, "-addext", "subjectAltName=DNS:%s,IP:127.0.0.1" % name)
    os.chmod(key, 0o600)
    return pem, key


def write_config(path, **sections):
    """siagad.conf, or siaga.conf: a section for each, a dict of keys."""
    with open(path, "w", encoding="utf-8") as file:
        for section, keys in sections.items():
            file.write("[%s]\n" % section)
            for key, value in keys.items():
                file.write("%s = %s\n" % (key, value))
    os.chmod(path, 0o600)
    return path


class TlsSiagad(Siagad):
    """A siagad that speaks TLS on loopback. Its certificate is copied, so that a test may change it."""

    def __init__(self, certificates=None, tls=None, limits=None, **options):
        super().__init__(**options)
        self.certificates = certificates or Certificates()
        self.pem, self.key = os.path.join(self.home, "tls.pem"), os.path.join(self.home, "tls.key")
        self.use(*self.certificates.server)
        self.tls = tls or {}
        self.limits = limits or {}
        self.host = "localhost"

    def use(self, pem, key):
        """That is its certificate from the next look at it."""
        shutil.copyfile(pem, self.pem)
        shutil.copyfile(key, self.key)
        os.chmod(self.key, 0o600)
        if os.geteuid() == 0 and os.path.exists(self.dir):
            # Read again, they have to be its own: siagad is root no longer.
            owner = os.stat(self.dir)
            for path in (self.pem, self.key):
                os.chown(path, owner.st_uid, owner.st_gid)

    def start(self):
        keys = dict(certificate=self.pem, key=self.key, **self.tls)
        config = write_config(os.path.join(self.home, "siagad.conf"), tls=keys, limits=self.limits)
        self.args = ["--config", config]
        return super().start()

    @property
    def url(self):
        return "wss://%s:%d/v1/feed" % (self.host, self.port)

    def context(self, **options):
        return client_context(self.certificates.ca, **options)

    def dial(self):
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=10 * SLOW)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.context().wrap_socket(raw, server_hostname="localhost")


class TunnelledSiagad(TlsSiagad):
    """A siagad that speaks TLS, for tests that speak plain text: what they do comes to the port of TLS."""

    def __init__(self, **options):
        super().__init__(**options)
        self.real = 0

    def start(self):
        self.port = self.real
        super().start()
        self.real = self.port
        self.port = Tunnel(self.real, self.certificates.ca).port
        return self

    def dial(self):
        return Siagad.dial(self)

    @property
    def url(self):
        return "wss://%s:%d/v1/feed" % (self.host, self.real)


def client_context(ca, certificate=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(ca)
    if certificate is not None:
        context.load_cert_chain(*certificate)
    return context


class Tunnel:
    """Takes plain connections on `port` and speaks TLS to siagad for them."""

    def __init__(self, port, ca):
        self.target = port
        self.context = client_context(ca)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        self.over = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()
        scope.closes(self)

    def _accept(self):
        while not self.over.is_set():
            try:
                plain = self.listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self._carry, args=(plain,), daemon=True).start()

    def _carry(self, plain):
        try:
            raw = socket.create_connection(("127.0.0.1", self.target), timeout=10 * SLOW)
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # The half-close of who speaks plain text is done below TLS.
            below = raw.dup()
            secure = self.context.wrap_socket(raw, server_hostname="localhost")
            self._pump(plain, secure, below)
        except OSError:
            pass
        finally:
            plain.close()

    def _pump(self, plain, secure, below):
        ends = dict.fromkeys((plain, secure))
        with secure, below:
            while True:
                ready = [secure] if secure.pending() else select.select(list(ends), [], [], 1)[0]
                if self.over.is_set():
                    return
                for end in ready:
                    data = end.recv(65536)
                    if end is secure and not data:
                        return
                    if end is plain and not self._say(secure, below, data):
                        del ends[plain]
                    elif end is secure:
                        plain.sendall(data)

    @staticmethod
    def _say(secure, below, data):
        """False: no more can be said, but there may be something to hear."""
        try:
            if data:
                secure.sendall(data)
            else:
                below.shutdown(socket.SHUT_WR)
            return bool(data)
        except OSError:
            return False

    def close(self):
        self.over.set()
        self.listener.close()


class Stranger:
    """A server on loopback that speaks TLS with any certificate, and answers nothing. What it is told by
    who trusts it is kept."""

    def __init__(self, pem, key, host="127.0.0.1", old=False):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if old:
            self.context.set_ciphers("ALL:@SECLEVEL=0")
            self.context.minimum_version = ssl.TLSVersion.TLSv1
            self.context.maximum_version = ssl.TLSVersion.TLSv1_1
        self.context.load_cert_chain(pem, key)
        self.told = b""
        self.came = 0
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.listener = socket.create_server((host, 0), family=family, backlog=16)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        scope.closes(self)

    def _serve(self):
        while True:
            try:
                raw = self.listener.accept()[0]
            except OSError:
                return
            self.came += 1
            try:
                raw.settimeout(5)
                with self.context.wrap_socket(raw, server_side=True) as link:
                    self.told += link.recv(65536)
            except OSError:
                raw.close()

    def close(self):
        self.listener.close()


def curl(feed, path, *words, ca=None):
    """(exit status, what it wrote)."""
    done = subprocess.run(
        ["curl", "-sS", "--max-time", "10", "--cacert", ca or feed.certificates.ca, *words,
         "https://localhost:%d%s" % (feed.port, path)],
        env=environment(feed.home), capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        timeout=30 * SLOW)
    return done.returncode, done.stdout + done.stderr


def said(feed, text, seconds=10.0):
    """siagad said it on standard error."""
    eventually(lambda: text.encode() in feed.read_errors(), lambda: "%r said, among %r" % (text, feed.errors), seconds)


def date(days):
    """As OpenSSL writes it, so many days from now."""
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + days * 86400))


