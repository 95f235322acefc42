import { aSamlResponse } from '../../../support/saml-response.ts';
import { algorithms, rsaWith, signSaml } from '../../../support/saml-signing.ts';
import {
  aSigned,
  editedAfter,
  envelopedTransform,
  exclusiveTransform,
  foreignKey,
  idpKey,
  reference,
  resignedAfter,
  row,
  type SamlAttackRow,
  signature,
  signedInfo,
} from './saml-attack.ts';

/** Signatures that prove nothing, or something else. */
export const signatureRows: readonly SamlAttackRow[] = [
  row('no signature', 'signature', () => aSamlResponse()),
  row('an altered subject', 'signature', () =>
    editedAfter((xml) => xml.replace('>alice@example.com<', '>mallory@example.com<')),
  ),
  row('an altered attribute', 'signature', () => editedAfter((xml) => xml.replace('>oncall<', '>admins<'))),
  row('a removed condition', 'signature', () =>
    editedAfter((xml) => xml.replace(/<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/, '')),
  ),
  row('an altered digest', 'signature', () =>
    editedAfter((xml) => xml.replace(/(<ds:DigestValue>)[^<]*/, `$1${Buffer.alloc(32).toString('base64')}`)),
  ),
  row('an altered SignatureValue', 'signature', () =>
    editedAfter((xml) => xml.replace(/(<ds:SignatureValue>)..../, '$1AAAA')),
  ),
  row('an empty SignatureValue', 'signature', () =>
    editedAfter((xml) => xml.replace(/(<ds:SignatureValue>)[^<]*/, '$1')),
  ),
  row('the key of somebody else, named in KeyInfo', 'signature', () => signSaml(aSamlResponse(), foreignKey)),
  row('the key of somebody else, with our certificate in KeyInfo', 'signature', () =>
    signSaml(aSamlResponse(), foreignKey, { keyInfo: idpKey.certificate }),
  ),
  row('a signature over the response, put into the assertion', 'signature', () => {
    const xml = aSigned({}, { over: 'Response' });
    const one = signature(xml);
    return xml.replace(one, '').replace(/(<saml:Assertion .*?<\/saml:Issuer>)/, `$1${one}`);
  }),
  row('a signature over another element', 'signature', () => {
    const xml = signSaml(aSamlResponse(), idpKey, { over: 'Response' });
    const one = signature(xml).replace('URI="#_response"', 'URI="#_status"');
    return xml.replace(signature(xml), one).replace('<samlp:Status>', '<samlp:Status ID="_status">');
  }),
  row('a signature in Extensions', 'signature', () =>
    editedAfter((xml) =>
      xml
        .replace(signature(xml), '')
        .replace('<samlp:Status>', `<samlp:Extensions>${signature(xml)}</samlp:Extensions><samlp:Status>`),
    ),
  ),
  row('a further signature in Extensions', 'signature', () =>
    editedAfter((xml) =>
      xml.replace('<samlp:Status>', `<samlp:Extensions>${signature(xml)}</samlp:Extensions><samlp:Status>`),
    ),
  ),
  row('a signature of somebody else in Extensions', 'signature', () => {
    const other = signature(signSaml(aSamlResponse(), foreignKey));
    return editedAfter((xml) =>
      xml.replace('<samlp:Status>', `<samlp:Extensions>${other}</samlp:Extensions><samlp:Status>`),
    );
  }),
  row('two signatures of the assertion', 'signature', () =>
    editedAfter((xml) => xml.replace(signature(xml), signature(xml) + signature(xml))),
  ),
  row('a signature at the end of the assertion', 'signature', () =>
    editedAfter((xml) =>
      xml.replace(signature(xml), '').replace('</saml:Assertion>', `${signature(xml)}</saml:Assertion>`),
    ),
  ),
  row('a good assertion in a response with a bad signature', 'signature', () => {
    const xml = signSaml(aSigned(), idpKey, { over: 'Response' });
    return xml.replace('Destination=', 'Consent="urn:x" Destination=');
  }),
  row('a good response around an assertion with a bad signature', 'signature', () => {
    const bad = aSigned().replace('>alice@example.com<', '>mallory@example.com<');
    return signSaml(bad, idpKey, { over: 'Response' });
  }),
  row('a second SignedInfo in front', 'signature', () =>
    editedAfter((xml) => xml.replace('<ds:SignedInfo>', `${signedInfo(xml)}<ds:SignedInfo>`)),
  ),
  row('a second SignedInfo behind', 'signature', () =>
    editedAfter((xml) => xml.replace('</ds:SignedInfo>', `</ds:SignedInfo>${signedInfo(xml)}`)),
  ),
  row('an Object in place of KeyInfo', 'signature', () =>
    editedAfter((xml) => xml.replace(/<ds:KeyInfo>.*<\/ds:KeyInfo>/, '<ds:Object/>')),
  ),
  row('a second SignedInfo in an Object', 'signature', () =>
    editedAfter((xml) =>
      xml.replace('<ds:KeyInfo>', `<ds:Object>${signedInfo(xml)}</ds:Object><ds:KeyInfo>`),
    ),
  ),
  row('a comment in DigestValue', 'forbidden-markup', () =>
    editedAfter((xml) => xml.replace('<ds:DigestValue>', '<ds:DigestValue><!--x-->')),
  ),
  row('an element in DigestValue', 'signature', () =>
    resignedAfter((xml) => xml.replace('<ds:DigestValue>', '<ds:DigestValue><ds:x/>')),
  ),
  row('space without end in SignatureValue', 'signature', () =>
    editedAfter((xml) => xml.replace('</ds:SignatureValue>', `${' '.repeat(60_000)}!</ds:SignatureValue>`)),
  ),
  row('an element in SignatureValue', 'signature', () =>
    editedAfter((xml) => xml.replace('</ds:SignatureValue>', '<ds:x/></ds:SignatureValue>')),
  ),
  row('two DigestValues', 'signature', () =>
    resignedAfter((xml) =>
      xml.replace('</ds:Reference>', '<ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>'),
    ),
  ),
  row('two References', 'signature', () =>
    resignedAfter((xml) => xml.replace('</ds:SignedInfo>', `${reference(xml)}</ds:SignedInfo>`)),
  ),
  row('no Reference', 'signature', () => resignedAfter((xml) => xml.replace(reference(xml), ''))),
  row('a Reference to the whole document', 'signature', () =>
    resignedAfter((xml) => xml.replace('URI="#_assertion"', 'URI=""')),
  ),
  row('a Reference without URI', 'signature', () =>
    resignedAfter((xml) => xml.replace(' URI="#_assertion"', '')),
  ),
  row('a Reference by XPointer', 'signature', () =>
    resignedAfter((xml) => xml.replace('URI="#_assertion"', 'URI="#xpointer(id(\'_assertion\'))"')),
  ),
  row('a Reference to a file', 'signature', () =>
    resignedAfter((xml) => xml.replace('URI="#_assertion"', 'URI="file:///etc/passwd"')),
  ),
];

/** Ways of signing that are not taken. */
export const algorithmRows: readonly SamlAttackRow[] = [
  row('RSA with SHA-1', 'algorithm', () => aSigned({}, { signatureAlgorithm: algorithms.rsaSha1 })),
  row('a digest by SHA-1', 'algorithm', () => aSigned({}, { digestAlgorithm: algorithms.sha1 })),
  row('RSA with MD5', 'algorithm', () => aSigned({}, { signatureAlgorithm: algorithms.rsaMd5 })),
  row('HMAC with the public key', 'algorithm', () =>
    aSigned(
      {},
      {
        signatureAlgorithm: algorithms.hmacSha1,
        secret: idpKey.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      },
    ),
  ),
  row('HMAC with the certificate', 'algorithm', () =>
    aSigned({}, { signatureAlgorithm: algorithms.hmacSha1, secret: idpKey.certificate }),
  ),
  row('HMAC with SHA-256 in name', 'algorithm', () =>
    resignedAfter((xml) => xml.replace(rsaWith('sha256'), algorithms.hmacSha256)),
  ),
  row('no algorithm', 'algorithm', () => resignedAfter((xml) => xml.replace(rsaWith('sha256'), ''))),
  row('an algorithm that JavaScript objects have of themselves', 'algorithm', () =>
    resignedAfter((xml) => xml.replace(rsaWith('sha256'), 'constructor')),
  ),
  row('canonicalization with comments', 'algorithm', () =>
    aSigned({}, { canonicalization: algorithms.exclusiveWithComments }),
  ),
  row('inclusive canonicalization', 'algorithm', () =>
    aSigned({}, { canonicalization: algorithms.inclusive }),
  ),
  row('a transform with comments', 'algorithm', () =>
    aSigned({}, { transforms: [algorithms.enveloped, algorithms.exclusiveWithComments] }),
  ),
  row('an inclusive transform', 'algorithm', () =>
    aSigned({}, { transforms: [algorithms.enveloped, algorithms.inclusive] }),
  ),
  row('no transform but enveloped', 'algorithm', () => aSigned({}, { transforms: [algorithms.enveloped] })),
  row('no transform but canonicalization', 'algorithm', () =>
    aSigned({}, { transforms: [algorithms.exclusive] }),
  ),
  row('empty Transforms', 'algorithm', () =>
    resignedAfter((xml) => xml.replace(/<ds:Transforms>.*<\/ds:Transforms>/, '<ds:Transforms/>')),
  ),
  row('no Transforms', 'signature', () =>
    resignedAfter((xml) => xml.replace(/<ds:Transforms>.*<\/ds:Transforms>/, '')),
  ),
  row('a transform three times', 'algorithm', () =>
    resignedAfter((xml) => xml.replace(exclusiveTransform, exclusiveTransform + exclusiveTransform)),
  ),
  row('an XPath transform', 'algorithm', () =>
    resignedAfter((xml) =>
      xml.replace(
        envelopedTransform,
        `${envelopedTransform}<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>self::text()</ds:XPath></ds:Transform>`,
      ),
    ),
  ),
  row('an XSLT transform', 'algorithm', () =>
    resignedAfter((xml) =>
      xml.replace(
        exclusiveTransform,
        '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>',
      ),
    ),
  ),
  row('an XPath within the enveloped transform', 'signature', () =>
    resignedAfter((xml) =>
      xml.replace(
        envelopedTransform,
        `<ds:Transform Algorithm="${algorithms.enveloped}"><ds:XPath>1</ds:XPath></ds:Transform>`,
      ),
    ),
  ),
  row('a foreign parameter of the canonicalization', 'signature', () =>
    resignedAfter((xml) =>
      xml.replace(exclusiveTransform, exclusiveTransform.replace('/>', '><ds:x/></ds:Transform>')),
    ),
  ),
  row('prefixes without end', 'signature', () =>
    resignedAfter((xml) =>
      xml.replace(
        exclusiveTransform,
        exclusiveTransform.replace(
          '/>',
          `><e:InclusiveNamespaces xmlns:e="${algorithms.exclusive}" PrefixList="${'saml '.repeat(1000)}"/></ds:Transform>`,
        ),
      ),
    ),
  ),
  row('a second algorithm in a namespace', 'signature', () =>
    resignedAfter((xml) =>
      xml.replace(
        '<ds:SignatureMethod ',
        `<ds:SignatureMethod xmlns:x="urn:x" x:Algorithm="${algorithms.rsaSha1}" `,
      ),
    ),
  ),
];
