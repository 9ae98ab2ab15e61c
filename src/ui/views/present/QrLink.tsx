import { renderSVG } from 'uqr';
import styles from './QrLink.module.css';

/** Capacity of a QR code at its lowest error correction. */
const MAX_QR_BYTES = 2900;

/** A link as QR code and as text. */
export function QrLink({ link, label }: { readonly link: string; readonly label: string }) {
  return (
    <div className={styles.link}>
      {link.length <= MAX_QR_BYTES ? (
        <img
          alt={`QR code of the ${label}`}
          src={`data:image/svg+xml;utf8,${encodeURIComponent(renderSVG(link, { ecc: 'L' }))}`}
        />
      ) : (
        <p>This link is too long for a QR code.</p>
      )}
      <a href={link}>{link}</a>
    </div>
  );
}
