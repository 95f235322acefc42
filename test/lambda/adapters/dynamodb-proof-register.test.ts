import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDynamodbProofRegister } from '../../../lambda/adapters/dynamodb-proof-register.ts';
import { ProofRegisterUnavailableError } from '../../../lambda/core/errors.ts';
import type { ProofRegister } from '../../../lambda/core/ports.ts';
import { startProofTable, type TestProofTable } from '../../support/a-proof-table.ts';
import { nowSeconds } from '../../support/tokens.ts';

let table: TestProofTable;
let register: ProofRegister;

const aRegister = async (name: 'issuer' | 'saml' = 'issuer') =>
  createDynamodbProofRegister({
    client: await table.clientOf(name),
    tableName: table.tableName,
    newNonce: () => randomBytes(16).toString('base64url'),
    pause,
  });

beforeAll(async () => {
  table = await startProofTable();
  register = await aRegister();
});

afterAll(() => table.stop());

const aProof = (id = randomBytes(32).toString('base64url')) => ({ id, expiresAtSeconds: nowSeconds + 300 });

describe('the register of proofs', () => {
  it('lets the first consume a proof, and nobody after it', async () => {
    const proof = aProof();

    expect(await register.consume(proof)).toBe(true);
    expect(await register.consume(proof)).toBe(false);
    expect(await register.consume(proof)).toBe(false);
  });

  it('knows whether a proof was consumed, in whichever function, without consuming it', async () => {
    const proof = aProof();

    expect(await register.isConsumed(proof.id)).toBe(false);
    expect(await (await aRegister('saml')).consume(proof)).toBe(true);
    expect(await register.isConsumed(proof.id)).toBe(true);
    expect(await register.isConsumed(aProof().id)).toBe(false);
  });

  it('is one for all functions: what one consumed is consumed for the other', async () => {
    const proof = aProof();
    const saml = await aRegister('saml');

    expect(await saml.consume(proof)).toBe(true);
    expect(await register.consume(proof)).toBe(false);
    expect(await (await aRegister()).consume(proof)).toBe(false);
  });

  it('lets exactly one of fifty consume a proof at the same time, in two functions', async () => {
    const proof = aProof();
    const registers = [register, await aRegister(), await aRegister('saml')];

    const settled = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) => registers[index % registers.length]?.consume(proof)),
    );

    const taken = settled.filter((one) => one.status === 'fulfilled' && one.value === true);
    const givenUp = settled.filter((one) => one.status === 'rejected');
    // Whoever gets no answer within two seconds, on a busy machine, is told neither; it may have been the first.
    for (const { reason } of givenUp) expect(reason).toBeInstanceOf(ProofRegisterUnavailableError);
    if (givenUp.length === 0) expect(taken).toHaveLength(1);
    expect(taken.length).toBeLessThanOrEqual(1);
    expect(await register.consume(proof)).toBe(false);
  });

  it('keeps proofs apart that differ in one character or in case', async () => {
    const id = `a${'b'.repeat(42)}`;

    expect(await register.consume(aProof(id))).toBe(true);
    expect(await register.consume(aProof(`A${id.slice(1)}`))).toBe(true);
    expect(await register.consume(aProof(`${id.slice(0, -1)}c`))).toBe(true);
    expect(await register.consume(aProof(id))).toBe(false);
  });

  it('refuses a proof again however much later it claims to expire', async () => {
    const proof = aProof();

    expect(await register.consume(proof)).toBe(true);
    expect(await register.consume({ ...proof, expiresAtSeconds: nowSeconds + 86_400 })).toBe(false);
    expect(await table.item(proof.id)).toMatchObject({ expiresAtSeconds: { N: String(nowSeconds + 600) } });
  });

  it('remembers a proof that has expired for as long as DynamoDB has it', async () => {
    const proof = { ...aProof(), expiresAtSeconds: nowSeconds - 86_400 };

    expect(await register.consume(proof)).toBe(true);
    expect(await register.consume(proof)).toBe(false);
  });

  it('stores a digest, a nonce and the end of its use five minutes beyond the age of the proof, and nothing else', async () => {
    const proof = aProof();

    await register.consume({ ...proof, expiresAtSeconds: nowSeconds + 299.5 });

    expect(await table.item(proof.id)).toEqual({
      id: { S: proof.id },
      nonce: { S: expect.stringMatching(/^[\w-]{22}$/) },
      expiresAtSeconds: { N: String(nowSeconds + 600) },
    });
  });
});

describe('the roles of the functions', () => {
  it.each(['issuer', 'saml'] as const)('let %s neither delete a proof nor list them', async (name) => {
    const { DeleteItemCommand, ScanCommand, UpdateItemCommand } = await import('@aws-sdk/client-dynamodb');
    const client = await table.clientOf(name);
    const TableName = table.tableName;
    const Key = { id: { S: 'x' } };

    const denied = { name: 'AccessDeniedException' };
    await expect(client.send(new DeleteItemCommand({ TableName, Key }))).rejects.toMatchObject(denied);
    await expect(client.send(new UpdateItemCommand({ TableName, Key }))).rejects.toMatchObject(denied);
    await expect(client.send(new ScanCommand({ TableName }))).rejects.toMatchObject(denied);
  });
});
