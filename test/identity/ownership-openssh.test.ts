import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { formatIdentity } from "../../src/identity/format.ts";
import { idOfKeyFile } from "../../src/identity/id.ts";
import { createChallenge } from "../../src/identity/ownership/challenge.ts";
import { checkProof } from "../../src/identity/ownership/check.ts";
import {
  formatProof,
  type Proof,
  readProof,
  signedText,
} from "../../src/identity/ownership/proof.ts";
import {
  ed25519Signer,
  proveIdentity,
  signerForKey,
  sshSigner,
} from "../../src/identity/ownership/prove.ts";
import { verifyWithSsh } from "../../src/identity/ownership/ssh-keygen.ts";
import { cliEntry, runCli } from "../cli.ts";
import { makeSshKey, noSshKeygen } from "./openssh.ts";
import { options, reasonFor, work } from "./proofs.ts";

describe("keys of OpenSSH", { skip: noSshKeygen }, () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "stampmill-ownership-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const type of ["ed25519", "ecdsa", "rsa"]) {
    it(`${type}: what ssh-keygen signs is a proof, and nothing else is`, async () => {
      const { file, publicLine } = makeSshKey(folder, type, { type });
      const owned = await work(idOfKeyFile(publicLine));
      const line = await proveIdentity(
        owned,
        signerForKey(file, readFileSync(file, "utf8")),
        options,
      );
      assert.equal(readProof(line)?.method, "ssh");
      assert.equal(await reasonFor(line, owned), "valid");
      const proof = readProof(line) as Proof;
      const bytes = Buffer.from(proof.signature, "base64");
      for (const at of [0, 9, 40, bytes.length >> 1, bytes.length - 1]) {
        const flipped = Buffer.from(bytes);
        flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
        const signature = flipped.toString("base64");
        assert.equal(
          await reasonFor(formatProof({ ...proof, signature }), owned),
          "signature",
          `${at}`,
        );
      }
      const later = { ...proof, time: "2026-11-24T12:00:01Z" };
      assert.equal(await reasonFor(formatProof(later), owned), "signature");
    });
  }

  it("a signature for another purpose is none for this one", async () => {
    const { file, publicLine } = makeSshKey(folder, "purpose");
    const owned = await work(idOfKeyFile(publicLine));
    const proof = readProof(await proveIdentity(owned, sshSigner(file), options)) as Proof;
    const text = signedText(proof);
    const args = ["-Y", "sign", "-q", "-f", file, "-n", "git"];
    const armoured = execFileSync("ssh-keygen", args, { input: text, encoding: "utf8" });
    const signature = armoured.replace(/-----.*-----|\n/g, "");
    assert.equal(await reasonFor(formatProof({ ...proof, signature }), owned), "signature");
  });

  it("a key in PEM signs for an id in OpenSSH's form only if it is the same key", async () => {
    const { publicLine } = makeSshKey(folder, "stranger");
    const owned = await work(idOfKeyFile(publicLine));
    const { privateKey } = generateKeyPairSync("ed25519");
    const signer = ed25519Signer(privateKey.export({ type: "pkcs8", format: "pem" }).toString());
    await assert.rejects(proveIdentity(owned, signer, options), { parameter: "key" });
    const { id } = await signer.sign("");
    assert.match(id, /^ssh-ed25519 /);
    const own = await work(id);
    assert.equal(await reasonFor(await proveIdentity(own, signer, options), own), "valid");
  });

  it("a passphrase comes through SSH_ASKPASS; without one it is said what to do", async () => {
    const { file, publicLine } = makeSshKey(folder, "locked", { passphrase: "secret" });
    const owned = await work(idOfKeyFile(publicLine));
    const asking = join(folder, "askpass");
    writeFileSync(asking, "#!/bin/sh\necho secret\n", { mode: 0o700 });
    // Or else ssh-keygen would ask whoever runs this test.
    Object.assign(process.env, {
      SSH_ASKPASS_REQUIRE: "force",
      SSH_ASKPASS: asking,
      DISPLAY: ":0",
    });
    const line = await proveIdentity(owned, sshSigner(file), options);
    assert.equal(await reasonFor(line, owned), "valid");
    process.env.SSH_ASKPASS = "/bin/false";
    await assert.rejects(proveIdentity(owned, sshSigner(file), options), {
      code: "ssh",
      hint: /passphrase/,
    });
  });

  it("a key that others can read is refused by ssh-keygen, and it is said why", async () => {
    const { file, publicLine } = makeSshKey(folder, "open");
    chmodSync(file, 0o644);
    const owned = await work(idOfKeyFile(publicLine));
    await assert.rejects(proveIdentity(owned, sshSigner(file), options), {
      code: "ssh",
      message: /Permissions 0644 for .* are too open/,
    });
  });

  it("what is no ssh-keygen, or hangs, lets nothing through", async () => {
    const { file, publicLine } = makeSshKey(folder, "fake");
    const owned = await work(idOfKeyFile(publicLine));
    const line = await proveIdentity(owned, sshSigner(file), options);
    const fakes = join(folder, "fakes");
    mkdirSync(fakes);
    const pathBefore = process.env.PATH;
    const pretend = (script: string) =>
      writeFileSync(join(fakes, "ssh-keygen"), `#!/bin/sh\n${script}\n`, { mode: 0o700 });
    process.env.PATH = `${fakes}:${pathBefore}`;
    try {
      pretend("exit 0");
      assert.equal(await reasonFor(line, owned), "signature");
      pretend('echo "Good \\"git\\" signature for owner"; exit 0');
      assert.equal(await reasonFor(line, owned), "signature");
      pretend("echo 'unknown option -- Y' >&2; exit 1");
      await assert.rejects(checkProof(line, owned, options), { code: "ssh", hint: /8\.1/ });
      await assert.rejects(proveIdentity(owned, sshSigner(file), options), { code: "ssh" });
      pretend("kill -9 $$");
      await assert.rejects(checkProof(line, owned, options), { code: "ssh" });
      pretend("exec sleep 60");
      const { signature } = readProof(line) as Proof;
      const late = verifyWithSsh(owned.id, "text", signature, 200);
      await assert.rejects(late, { code: "ssh", message: /took more than 0.2 s/ });
    } finally {
      process.env.PATH = pathBefore;
    }
  });

  it("the command proves and checks, and says so where there is no ssh-keygen", async () => {
    const { file, publicLine } = makeSshKey(folder, "command");
    const sketch = join(folder, "command.sketch");
    writeFileSync(sketch, `${formatIdentity(await work(idOfKeyFile(publicLine)))}\n`);
    const challenge = ["--challenge", createChallenge()];
    const proven = await runCli(["identity", "prove", sketch, "--key", file, ...challenge]);
    assert.equal(proven.code, 0, proven.stderr);
    const check = ["identity", "check-proof", "-", sketch, ...challenge];
    const checked = await runCli(check, proven.stdout);
    assert.match(checked.stdout, /^valid "ssh-ed25519 /);
    assert.equal(checked.code, 0);
    const bare = spawnSync(process.execPath, [cliEntry, ...check], {
      env: { PATH: folder },
      input: proven.stdout,
      encoding: "utf8",
    });
    assert.equal(bare.status, 3);
    assert.match(bare.stderr, /error: there is no ssh-keygen\n.*hint: .*OpenSSH 8\.1/);
    assert.equal(bare.stdout, "");
  });
});
