// Verify credentials with @digitalbazaar/vc. Usage: node verify.mjs CONTEXT FILE...
// CONTEXT is our own context document; nothing else is loaded from anywhere. Prints true or false for each file.
import { readFileSync } from 'node:fs';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import * as DidKey from '@digitalbazaar/did-method-key';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import { cryptosuite as ecdsa } from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import { cryptosuite as eddsa } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import { securityLoader } from '@digitalbazaar/security-document-loader';
import * as vc from '@digitalbazaar/vc';

const [contextFile, ...files] = process.argv.slice(2);
const loader = securityLoader();
loader.addStatic('urn:kaksik:context:lifecycle:v1', JSON.parse(readFileSync(contextFile, 'utf8')));
const didKey = DidKey.driver();
didKey.use({ multibaseMultikeyHeader: 'z6Mk', fromMultibase: Ed25519Multikey.from });
didKey.use({ multibaseMultikeyHeader: 'zDna', fromMultibase: EcdsaMultikey.from });
didKey.use({ multibaseMultikeyHeader: 'z82L', fromMultibase: EcdsaMultikey.from });
const withoutKeys = loader.build();
const documentLoader = async (url) =>
  url.startsWith('did:key:')
    ? { documentUrl: url, document: await didKey.get({ url }) }
    : withoutKeys(url);
const suite = [eddsa, ecdsa].map((cryptosuite) => new DataIntegrityProof({ cryptosuite }));
const anyController = { // one issuer, several signers: each proof is by the key it names, and for assertion
  term: 'assertionMethod',
  match: async (proof) => proof.proofPurpose === 'assertionMethod',
  validate: async () => ({ valid: true }),
  update: async (proof) => proof,
};

for (const file of files) {
  const credential = JSON.parse(readFileSync(file, 'utf8'));
  const several = Array.isArray(credential.proof);
  const result = await vc.verifyCredential({
    credential, suite, documentLoader, now: new Date('2026-03-02'), ...(several ? { purpose: anyController } : {}),
  });
  const all = (result.results ?? []).length > 0 && result.results.every((item) => item.verified);
  console.log(String(result.verified && all));
  if (process.env.EXPLAIN) console.error(file, JSON.stringify(result.error?.errors?.map(String) ?? result.error ?? ''));
}
