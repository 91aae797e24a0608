import { accreditation } from './statements/accreditation.js';
import { assay } from './statements/assay.js';
import { certificate } from './statements/certificate.js';
import { facilityRegistration } from './statements/facility-registration.js';
import { handoverAnswer } from './statements/handover-answer.js';
import { handoverOffer } from './statements/handover-offer.js';
import { importRefusal } from './statements/import-refusal.js';
import { intake } from './statements/intake.js';
import { keyRevocation } from './statements/key-revocation.js';
import { keyRotation } from './statements/key-rotation.js';
import { makeEvent } from './statements/make-event.js';
import { originDeclaration } from './statements/origin-declaration.js';
import { partyRegistration } from './statements/party-registration.js';
import { registryGenesis } from './statements/registry-genesis.js';
import { release } from './statements/release.js';
import { statusChange } from './statements/status-change.js';

/** The deciders of everything said about parties, places and material, by statement type. */
export const MATERIAL_DECIDERS = {
  RegistryGenesis: registryGenesis,
  PartyRegistration: partyRegistration,
  KeyRotation: keyRotation,
  KeyRevocation: keyRevocation,
  FacilityRegistration: facilityRegistration,
  Accreditation: accreditation,
  Intake: intake,
  OriginDeclaration: originDeclaration,
  MakeEvent: makeEvent,
  HandoverOffer: handoverOffer,
  HandoverAnswer: handoverAnswer,
  Assay: assay,
  Certificate: certificate,
  StatusChange: statusChange,
  Release: release,
  ImportRefusal: importRefusal,
} as const;
